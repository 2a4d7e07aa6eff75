"""Size of the Lambda deployment package."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.line import Line
from benchmarks.rounds import progress
from local.package import build

LIMIT_MB = 30.0
"""Target size: a larger zip starts more slowly, and 50 MB cannot be uploaded directly (Lambda quotas)."""
LIMIT_UNZIPPED_MB = 60.0
"""Target size of what Lambda unpacks at each cold start; its own limit is 250 MB."""


def lines() -> Iterator[Line]:
    """Measure `package/zip` and `package/unzipped`, then each part of it: megabytes (10^6 bytes)."""
    progress("package: packaging")
    package = build("bench").zip
    yield Line("package/zip", package.stat().st_size / 1e6, "MB", peer="the bar", peer_value=LIMIT_MB)
    sizes = unzipped(package)
    total = sum(sizes.values()) / 1e6
    yield Line("package/unzipped", total, "MB", peer="the bar", peer_value=LIMIT_UNZIPPED_MB)
    for name, size in sizes.most_common():
        yield Line(f"package/unzipped/{name}", size / 1e6, "MB")


def unzipped(package: Path) -> Counter[str]:
    """Return the bytes of each package in the zip with its bytecode; those under 0.1 MB together, as `others`."""
    sizes: Counter[str] = Counter()
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():
            sizes[entry.filename.split("/")[0]] += entry.file_size
    small = {name for name, size in sizes.items() if size < 100_000}
    others = sum(sizes.pop(name) for name in small)
    return sizes + Counter(others=others)
