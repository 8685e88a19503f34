"""What-ifs: a plant as it would be, and what that would mean."""
