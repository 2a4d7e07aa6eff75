"""Entries for counts and key figures."""

from __future__ import annotations

from tests.http.matrix import Builder, Call

ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/analytics/{table}"): lambda _at: Call("/v1/analytics/kpis"),
}
