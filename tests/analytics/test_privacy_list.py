"""docs/privacy.md is the one list of what an event contains."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from chalicelib.analytics.event import Event

DOCS = Path(__file__).parents[2] / "docs"


def test_the_list_has_every_member_of_an_event_and_no_other() -> None:
    visitors = (DOCS / "privacy.md").read_text(encoding="utf-8").split("## Visitors")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in visitors.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(one.name for one in fields(Event))


def test_other_pages_link_to_the_list() -> None:
    for name in ("analytics.md", "embedding.md", "decisions/0003-visitor-data.md"):
        assert "privacy.md#visitors" in (DOCS / name).read_text(encoding="utf-8")
