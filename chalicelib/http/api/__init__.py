"""The JSON API of issuers."""
