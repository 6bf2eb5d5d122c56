"""A run arranged for analysis: the decider's strategies against views of the others, in weighted worlds."""
