"""Hypothesis strategies shared by several test packages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOMENTS = st.integers(0, 2**52).map(lambda count: EPOCH + timedelta(microseconds=count))
"""Timestamps from 1970 to 2112, with microseconds."""
