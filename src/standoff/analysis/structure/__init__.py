"""What the equations alone say: the causal map and its signs."""
