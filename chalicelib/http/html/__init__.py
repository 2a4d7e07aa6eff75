"""HTML page rendering."""
