"""Is there a deal? Terms on which every party gains, and whether each would keep its word."""
