"""Runs of a study, in the forms of other tools."""
