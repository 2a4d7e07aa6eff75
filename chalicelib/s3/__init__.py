"""Amazon S3, for data that other programs read.

event_archive.py   the archived events
"""
