"""Measurements of `standoff serve` as it is served: load, latency, and what a kill at any moment loses."""
