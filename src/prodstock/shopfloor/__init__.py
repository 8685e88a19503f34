"""The shop floor: orders are launched, supplied, confirmed, completed and closed; and where each of them stands."""
