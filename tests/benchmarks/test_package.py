from __future__ import annotations

import zipfile
from pathlib import Path

from benchmarks.suites import package


def test_every_byte_is_listed_and_small_packages_together(tmp_path: Path) -> None:
    archive = tmp_path / "deployment.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name, size in (("large/a.py", 90_000), ("large/b.py", 20_000), ("small/a.py", 5_000), ("app.py", 300)):
            packed.writestr(name, b"x" * size)
    assert package.unzipped(archive) == {"large": 110_000, "others": 5_300}
