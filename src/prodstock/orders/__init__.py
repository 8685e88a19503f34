"""Promises: demands, expected supply and orders, each with the life it may lead."""
