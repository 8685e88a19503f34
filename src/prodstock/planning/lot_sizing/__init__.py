"""How much to order at once: the rules of lot sizing, as values over whole numbers."""
