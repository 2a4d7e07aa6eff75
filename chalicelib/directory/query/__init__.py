"""Queries: what can be asked, how it is evaluated over the index, and how results are ordered and paged."""
