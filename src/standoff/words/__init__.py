"""Sentences, names and amounts, made from finished findings; nothing else makes any."""
