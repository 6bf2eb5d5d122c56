"""What was seen, what to look for, forecasts, and fits to data."""
