"""`python -m tools.openapi`: write the document. `--check` compares it with the last release instead.

`--release` makes it the document that later ones are compared with.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys

from tools.openapi import breaking
from tools.openapi.areas import AREAS
from tools.openapi.document import PATH, RELEASED, SERVED, document, written


def main() -> int:
    """Return the exit code: 1 if the document has breaking changes since the last release."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi", description="The OpenAPI document.")
    parser.add_argument(
        "--check", action="store_true", help="list breaking changes since the last release; write nothing"
    )
    parser.add_argument("--release", action="store_true", help="record this document as the last release")
    arguments = parser.parse_args()
    found = document()
    if arguments.check:
        changes = breaking.changes(json.loads(RELEASED.read_text("utf-8")), json.loads(written(found)))
        for change in changes:
            print(change)
        print(f"{len(changes)} breaking changes.")
        return 1 if changes else 0
    operations = sum(len(area.operations) for area in AREAS)
    for path in (PATH, RELEASED) if arguments.release else (PATH,):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(found), "utf-8")
        print(f"Wrote {path.name}: {operations} operations.")
    SERVED.write_bytes(gzip.compress(written(found).encode("utf-8"), mtime=0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
