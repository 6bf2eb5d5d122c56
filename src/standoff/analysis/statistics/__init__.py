"""Estimators that several questions share."""
