"""What an editor asks of a study's text: problems, completions, meanings, places, new names and layout."""
