"""Questions: what each needs run, and its answer."""
