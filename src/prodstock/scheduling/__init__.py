"""Finite-capacity scheduling: which operation runs where and when, so that no resource does more than it can."""
