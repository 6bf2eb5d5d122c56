"""Strategies that were found, games that grew by them, and pathways, in words."""
