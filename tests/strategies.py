"""Hypothesis strategies that more than one package's tests use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOMENTS = st.integers(0, 2**52).map(lambda count: EPOCH + timedelta(microseconds=count))
"""Moments from 1970 to 2112, to the microsecond."""
