"""The study's own model in the page: what is not printed is run in the reader's browser."""
