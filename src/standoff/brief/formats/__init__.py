"""A brief as a page, as Markdown, as data."""
