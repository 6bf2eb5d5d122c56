"""Names, places, types and units of expressions."""
