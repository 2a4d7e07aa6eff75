"""Entries for the export."""

from __future__ import annotations

from tests.http.matrix import Builder, Call

ENTRIES: dict[tuple[str, str], Builder] = {("GET", "/v1/export"): lambda _at: Call("/v1/export")}
