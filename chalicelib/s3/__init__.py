"""Amazon S3: files that are too large for a table, or that other programs read.

event_archive.py   the archived events
batch_files.py     items and results of batches, and answers kept under an `Idempotency-Key`
"""
