"""What will be wanted: forecasts from a history of demand, by methods that explain themselves."""
