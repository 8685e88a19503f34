"""Definitions: items, places, suppliers, bills of material, routings, and the catalog that holds them together."""
