"""The version, which stands in every run and brief."""

__version__ = "0.1.0"
