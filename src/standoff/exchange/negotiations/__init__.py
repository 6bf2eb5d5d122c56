"""Negotiations as Genius, GeniusWeb and NegMAS write them."""
