"""What does it hinge on? The worth of knowing assumptions, flip points and regions."""
