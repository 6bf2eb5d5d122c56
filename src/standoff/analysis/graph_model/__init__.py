"""Courses that can change: which profiles hold when actors foresee replies, and what would make others hold."""
