"""Documents, passages, claims, and claims as tests of the model."""
