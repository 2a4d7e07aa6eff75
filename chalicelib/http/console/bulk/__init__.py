"""Bulk issuing in the console: upload, check, results."""
