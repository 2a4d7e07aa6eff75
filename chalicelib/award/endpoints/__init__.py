"""Endpoints of issuers, to which Laurel sends events: outgoing webhooks."""
