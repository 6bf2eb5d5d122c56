"""Logit quantal response equilibria: branches, limits and the kernels that follow them."""
