"""Entries for sign-in with OpenID Connect; no provider is configured."""

from __future__ import annotations

from tests.http.matrix import Builder, Call

ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/oidc/{provider}"): lambda _at: Call("/oidc/campus", allowed_status=404),
    ("GET", "/oidc/{provider}/back"): lambda _at: Call("/oidc/campus/back", query="code=x&state=y", allowed_status=404),
}
