"""Issue to many in the console: upload, check, results."""
