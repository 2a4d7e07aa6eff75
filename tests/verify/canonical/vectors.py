"""Third-party test vectors, read from the folder in LAUREL_VECTORS, never copied into the project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(os.environ.get("LAUREL_VECTORS", Path(__file__).resolve().parents[3].parent / "shared" / "vectors"))
needs_vectors = pytest.mark.skipif(
    not ROOT.is_dir(), reason=f"NO TEST VECTORS: {ROOT} is missing, so these tests did not run; set LAUREL_VECTORS"
)


def load(path: str | Path) -> Any:
    """Load one vector file as JSON."""
    return json.loads((ROOT / path).read_bytes())


def files(pattern: str) -> list[Path]:
    """List the vector files that match ``pattern``, sorted and relative to it; none if the folder is missing."""
    return sorted(path.relative_to(ROOT) for path in ROOT.glob(pattern))
