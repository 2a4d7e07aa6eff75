"""Summarise `make mutate`: how many changes of each module no test noticed, and which.

A survivor that changes nothing, or nothing that matters, is listed with its reason in docs/mutation.md. Exits with 1 if
fewer than 90 % are killed, or if a survivor is not listed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = 0.9
_SURVIVED, _NO_TESTS = 0, 33
"""Exit codes of pytest for a change: no test failed, and no test runs the function (mutmut)."""


def main() -> int:
    """Print a line for each module, and every survivor that is not listed."""
    documented = set(re.findall(r"`(\w+(?:\.\w+)+)`", (ROOT / "docs" / "mutation.md").read_text()))
    results: dict[str, Counter[str]] = {}
    unlisted = []
    for meta in sorted((ROOT / "mutants" / "chalicelib" / "verify").rglob("*.py.meta")):
        module = str(meta.relative_to(ROOT / "mutants" / "chalicelib" / "verify")).removesuffix(".py.meta")
        counted = results.setdefault(module, Counter())
        for name, code in json.loads(meta.read_bytes())["exit_code_by_key"].items():
            if code is None:
                counted["not run"] += 1
            elif code in (_SURVIVED, _NO_TESTS):
                counted["survived"] += 1
                if f"{module.replace('/', '.')}.{function(name)}" not in documented:
                    unlisted.append(name)
            else:
                counted["killed"] += 1
    for module, counted in results.items():
        print(
            f"{module:32} {counted['killed']:5} killed {counted['survived']:4} survived {counted['not run']:4} not run"
        )
    for name in unlisted:
        print(f"\n{name}\n{difference(name)}")
    total = sum(results.values(), Counter())
    rate = total["killed"] / max(total["killed"] + total["survived"], 1)
    print(f"{rate:.1%} of {total['killed'] + total['survived']} killed; {len(unlisted)} survivors are not documented")
    return 0 if rate >= TARGET and not unlisted and not total["not run"] else 1


def function(name: str) -> str:
    """The name of the function that ``name`` changes, as docs/mutation.md writes it."""
    plain = name.rpartition("__mutmut_")[0].rpartition(".")[2]
    return plain.removeprefix("x_") if plain.startswith("x_") else plain.replace("xǁ", "").replace("ǁ", ".")


def difference(name: str) -> str:
    """The change, as lines that start with + and -."""
    done = subprocess.run(
        [Path(sys.executable).with_name("mutmut"), "show", name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return "\n".join(line for line in done.stdout.splitlines() if re.match(r"[-+] ", line))


if __name__ == "__main__":
    sys.exit(main())
