"""Strategies that are found, games that grow by them, and pathways: run, and answered."""
