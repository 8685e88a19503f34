"""Traceability: what went into what and where it is now, and what to call back."""
