"""Signing in, by email link or OpenID Connect."""
