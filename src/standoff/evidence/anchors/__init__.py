"""Fingerprints of passages, and finding them again."""
