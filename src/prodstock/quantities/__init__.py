"""Exact amounts: numbers as they are typed, scaled integers, rounding with a purpose, units, quantities and money."""
