"""Outcomes of people, with and without credentials: how they are compared."""
