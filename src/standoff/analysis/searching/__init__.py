"""Strategies that are found rather than listed: spaces of rules, and searches through them."""
