"""python -m fuzz.one TARGET CORPUS [libFuzzer options]: one target, until it crashes or its time is up."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["chalicelib"]):
    from fuzz.targets import run


def main() -> None:
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, lambda data: run(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
