"""Neutral planning cases as JSON, solved by the planning engine and compared: one adapter for all of them."""
