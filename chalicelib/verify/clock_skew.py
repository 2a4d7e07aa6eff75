"""The tolerated clock difference."""

from __future__ import annotations

from datetime import timedelta

SKEW = timedelta(seconds=60)
"""Tolerated for start times, so that a slow clock does not refuse a new credential. Never applied to end times."""
