"""What to make, buy and move, and what will be missing: conclusions from stock, promises and definitions."""
