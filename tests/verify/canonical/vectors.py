"""The third-party test vectors, read in place from the folder LAUREL_VECTORS names, never copied into the project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(os.environ.get("LAUREL_VECTORS", Path(__file__).resolve().parents[3].parent / "shared" / "vectors"))
needs_vectors = pytest.mark.skipif(
    not ROOT.is_dir(), reason=f"NO TEST VECTORS: {ROOT} is missing, so nothing here was checked; set LAUREL_VECTORS"
)


def load(path: str | Path) -> Any:
    """The JSON of one vector file."""
    return json.loads((ROOT / path).read_bytes())


def files(pattern: str) -> list[Path]:
    """The vector files that match ``pattern``, in order, relative to the folder; none when the folder is missing."""
    return sorted(path.relative_to(ROOT) for path in ROOT.glob(pattern))
