"""Issue, reissue, revoke, suspend, reinstate and find credentials."""
