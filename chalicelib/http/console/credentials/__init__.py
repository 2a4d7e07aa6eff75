"""Credential pages of the console: find, view, change."""
