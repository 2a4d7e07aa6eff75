"""The keys that issuers sign with.

key_policy.py   the shared key, and the budget for new keys
new_key.py      create keys, and count them
own_key.py      give an issuer a key of its own
rotation.py     replace the key that an issuer signs with
revocation.py   revoke a compromised key
cleanup.py      every night: close abandoned issuers, delete keys that are not needed
"""
