"""Entries for counts and key figures. The path names no data of a tenant, so another one gets its own."""

from __future__ import annotations

from tests.http.matrix import Builder, Call

ENTRIES: dict[tuple[str, str], Builder] = {
    ("POST", "/console/{issuer}/summary"): lambda at: Call(
        f"/console/{at.console_issuer}/summary", form={"do": "subscribe"}, allowed_status=303
    ),
    ("GET", "/v1/analytics/{table}"): lambda _at: Call("/v1/analytics/kpis", foreign_status=200),
}
