"""Credentials as signed tokens: the strict JWS parser, and the mapping from claims to a credential."""
