"""Data sets of events, read into what was seen."""
