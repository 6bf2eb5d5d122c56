"""Worlds weighed by what was seen, and fresh ones drawn near those that carry the weight."""
