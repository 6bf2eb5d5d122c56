"""Bytes of each format to pieces: web pages, Markdown, plain text."""
