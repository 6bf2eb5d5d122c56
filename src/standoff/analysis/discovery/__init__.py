"""Scenario discovery: boxes of worlds in which something happens (PRIM, CART)."""
