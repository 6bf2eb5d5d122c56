"""The sections of a brief: one question a file."""
