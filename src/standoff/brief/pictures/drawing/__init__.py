"""What the pictures share: scales, ticks and escaped tags of SVG, colours, and marks."""
