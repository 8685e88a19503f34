"""What a plan means in material, machine hours, labour, purchases, suppliers and room."""
