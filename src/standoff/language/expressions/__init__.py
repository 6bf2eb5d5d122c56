"""Text of equations to trees, and the table of built-in functions."""
