"""Shared by all routes: routing, access, bodies, negotiation, problems, responses."""
