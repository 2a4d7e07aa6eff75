"""Limits on the emails of an issuer.

quota.py        the daily quota
deferred.py     emails over the quota, and the task that sends them later
reputation.py   how many of an issuer's emails bounce or are reported as spam
pausing.py      count them, pause an issuer's emails and resume them
"""
