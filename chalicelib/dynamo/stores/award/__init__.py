"""Stores of issuer data: issuers, credentials, bulk jobs, pathways, webhooks."""
