"""Replay every input that once crashed a parser, and the fuzzing seeds, through their targets."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.targets import TARGETS, run

HERE = Path(__file__).parent
INPUTS = sorted([*(HERE / "crashes").glob("*"), *(HERE.parents[1] / "fuzz" / "seeds").glob("*/*")])
UNUSUAL = [
    b"",
    b"\0",
    b"{}",
    b"{" * 5000,
    b'{"a":' * 2000,
    b"a.b.c",
    b"https://",
    b"did:web:",
    b"\xff" * 100,
    b"z" * 600,
]


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_former_crash_or_seed_does_not_crash_a_parser(path: Path) -> None:
    # A crash file is named TARGET-..., a seed file is in the folder of its target.
    run(path.name.split("-")[0] if path.parent.name == "crashes" else path.parent.name, path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_handles_unusual_bytes(name: str) -> None:
    for data in UNUSUAL:
        run(name, data)
