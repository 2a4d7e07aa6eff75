"""Webhooks: completions that a learning platform reports."""
