"""Random streams, distributions, counts and points of the unit cube."""
