"""Designs of worlds and profiles, runs over them, and what a run holds."""
