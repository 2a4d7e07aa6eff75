"""Validation of issuer input: text, dates, timezones and JSON members."""
