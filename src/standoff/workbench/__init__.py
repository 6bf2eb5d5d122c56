"""Studies in editors and browsers: the language server, and the local application."""
