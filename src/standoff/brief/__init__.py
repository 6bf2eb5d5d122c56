"""Findings to sections to charts to one HTML page."""
