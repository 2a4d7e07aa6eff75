"""Create an issuer, rotate its key, prove its domain."""
