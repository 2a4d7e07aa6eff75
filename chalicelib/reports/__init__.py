"""Get a report: on a credential that Laurel hosts, or on one that a visitor submits."""
