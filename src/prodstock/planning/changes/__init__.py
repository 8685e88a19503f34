"""What changed from one plan to the next, and what may have caused it."""
