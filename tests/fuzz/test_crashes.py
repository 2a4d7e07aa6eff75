"""Every input that ever broke a parser, and a few that begin each search, through its target again."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.targets import TARGETS, run

HERE = Path(__file__).parent
KNOWN = sorted([*(HERE / "crashes").glob("*"), *(HERE.parents[1] / "fuzz" / "seeds").glob("*/*")])
ODD = [b"", b"\0", b"{}", b"{" * 5000, b'{"a":' * 2000, b"a.b.c", b"https://", b"did:web:", b"\xff" * 100, b"z" * 600]


@pytest.mark.parametrize("known", KNOWN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_broke_a_parser_does_not_any_more(known: Path) -> None:
    # A crash is named TARGET-..., a seed stands in the folder of its target.
    run(known.name.split("-")[0] if known.parent.name == "crashes" else known.parent.name, known.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_takes_odd_bytes(name: str) -> None:
    for data in ODD:
        run(name, data)
