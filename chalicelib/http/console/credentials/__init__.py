"""Credentials in the console: find, view, change."""
