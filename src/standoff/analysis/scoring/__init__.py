"""Forecasts that are frozen before the facts, and how they did."""
