"""Stores of what an issuer does: issuers, credentials, bulk jobs, pathways, webhooks."""
