"""Credential events and anonymous daily visitor ids."""
