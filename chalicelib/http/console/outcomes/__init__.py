"""Console pages for outcomes."""
