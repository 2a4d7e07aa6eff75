"""The keys that issuers sign with: the shared key, their own keys, rotation, revocation."""
