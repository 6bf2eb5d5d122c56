"""Model to program: equations in order, and the evaluators that run them."""
