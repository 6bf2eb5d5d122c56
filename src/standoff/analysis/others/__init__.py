"""What will the others do? The game the actors play under their own beliefs."""
