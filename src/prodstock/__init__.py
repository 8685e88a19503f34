"""Manufacturing and production inventory: what exists, what it may be used for, and what follows from it."""
