"""Do the documents agree? Claims tested on the model, and what contradicts what."""
