"""Achievement pages of the console: list, create, edit, archive."""
