"""Sign-in by email link or OpenID Connect."""
