"""Standoff: models of confrontations that can be argued with."""
