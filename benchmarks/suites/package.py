"""Size of the Lambda deployment package."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.line import Line
from benchmarks.rounds import progress
from local.package import build

LIMIT_MB = 30.0
"""Target size: a larger zip starts more slowly, and 50 MB cannot be uploaded directly (Lambda quotas)."""


def lines() -> Iterator[Line]:
    """Measure `package/zip`: megabytes (10^6 bytes) of the deployment package."""
    progress("package/zip: packaging")
    size = build("bench").zip.stat().st_size / 1e6
    yield Line("package/zip", size, "MB", peer="the bar", peer_value=LIMIT_MB)
