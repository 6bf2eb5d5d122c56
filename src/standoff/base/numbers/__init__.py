"""One arithmetic: recipes that give the same bits everywhere."""
