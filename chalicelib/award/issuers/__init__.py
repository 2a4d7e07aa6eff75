"""Create an issuer, prove its domain."""
