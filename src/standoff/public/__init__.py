"""What the commands do, from Python: one call each, named alike."""
