"""Credentials: models, parsing and building."""
