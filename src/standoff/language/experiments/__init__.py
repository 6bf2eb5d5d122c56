"""Expectations: changes to a model and what they should do."""
