"""Sentences of each question, made from its finished finding: one module a question."""
