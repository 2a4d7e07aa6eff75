"""Verification of credentials. Start at `pipeline`, which reads as the numbered list of checks."""
