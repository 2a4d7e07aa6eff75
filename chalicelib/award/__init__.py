"""What an issuer does: issue, revoke, suspend, reinstate, rotate a key."""
