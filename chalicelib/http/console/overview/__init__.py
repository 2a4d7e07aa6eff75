"""Overview page of the console: figures, and what needs attention."""
