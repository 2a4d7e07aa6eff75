"""Verifiers: job platforms and others that check credentials with a program of their own.

A verifier is a tenant, created by a person who signed in with an emailed link. It has API keys, and its requests count
against limits of its own.

scope.py        the permissions of an API key
verifier.py     the account of a verifier and its API keys
key_text.py     the text of an API key: prefix, id, secret and checksum
accounts.py     create and delete an account; create, rotate and revoke its API keys; authenticate one
ports.py        the stores
limits.py       rate limits, with and without an API key
idempotency.py  `Idempotency-Key`: the first answer is kept, and given again
batch/          verify many credentials at once, or as a job in the background
"""
