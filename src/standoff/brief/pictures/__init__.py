"""Pictures as data, drawn as SVG."""
