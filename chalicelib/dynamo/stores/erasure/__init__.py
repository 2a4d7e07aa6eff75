"""Requests for erasure and the tombstones of what was erased."""
