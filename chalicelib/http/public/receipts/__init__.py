"""Receipts: get one for a report, and its page and files."""
