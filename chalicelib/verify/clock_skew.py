"""How far clocks may differ."""

from __future__ import annotations

from datetime import timedelta

SKEW = timedelta(seconds=60)
"""Tolerated where something begins, so that a fresh credential is not refused by a slow clock; never at an end."""
