"""Run the product's canonicalisation over other term tables than the product's, in a separate process and copy.

    python -m tests.conformance.custom_tables < cases > answers

The tables are deliberately a file next to the code that reads them: no setting changes what a context means. So this
copies the canonical package, puts one case's tables next to the copy, and imports it again for every case. Input: one
JSON value per line, ``{"tables", "document"}``. Output: one per line, ``{"canonical"}`` or ``{"refused": code}``.
"""

from __future__ import annotations

import importlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import chalicelib

_PACKAGE = Path(chalicelib.__file__).parent
_NEEDED = ("__init__.py", "errors.py", "verify/__init__.py")
_COPIED = "chalicelib.verify.canonical"


def answers(cases: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the result of each case."""
    with tempfile.TemporaryDirectory() as copied:
        canonical = _copy(Path(copied))
        sys.path.insert(0, copied)
        for case in cases:
            (canonical / "tables.json").write_text(json.dumps(case["tables"]))
            for name in [name for name in sys.modules if name.partition(".")[0] == "chalicelib"]:
                del sys.modules[name]
            yield _answer(case["document"])


def _copy(folder: Path) -> Path:
    for name in _NEEDED:
        target = folder / "chalicelib" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_PACKAGE / name, target)
    canonical = folder / "chalicelib/verify/canonical"
    shutil.copytree(_PACKAGE / "verify/canonical", canonical, ignore=shutil.ignore_patterns("contexts", "__pycache__"))
    return canonical


def _answer(document: Any) -> dict[str, Any]:
    quads, rdfc, errors = (importlib.import_module(f"{_COPIED}.{name}") for name in ("quads", "rdfc", "errors"))
    try:
        return {"canonical": rdfc.canonicalize(quads.to_quads(document)).decode()}
    except errors.CanonicalError as error:
        return {"refused": error.code}


if __name__ == "__main__":
    for line in answers(map(json.loads, sys.stdin)):
        print(json.dumps(line))
