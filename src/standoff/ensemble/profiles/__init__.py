"""Which profiles are run."""
