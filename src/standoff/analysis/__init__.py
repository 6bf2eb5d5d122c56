"""One question per file: pure functions from ensembles to findings."""
