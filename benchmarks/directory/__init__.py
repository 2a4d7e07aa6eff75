"""The costs of the directory's search, and how well it finds people."""
