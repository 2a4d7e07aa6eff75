"""Authenticated callers: a program with a token, a person with a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from chalicelib.access import members, sessions, tokens
from chalicelib.access.access_context import AccessContext
from chalicelib.access.roles import Role
from tests.http.fake_laurel import Laurel
from tests.http.gateway import HTML, Gateway, Response


def as_token(laurel: Laurel, issuer_id: str | None, role: Role | None = None) -> dict[str, str]:
    """The authorization header of a new issuer token, or of an operator token if ``issuer_id`` is None."""
    _, text = tokens.make(laurel.access_context, issuer_id, role, "tests", "tests")
    return {"authorization": f"Bearer {text}"}


def as_operator(laurel: Laurel) -> dict[str, str]:
    """The authorization header of a new operator token."""
    return as_token(laurel, None)


@dataclass(frozen=True)
class Browser:
    """A browser with a session."""

    client: Gateway
    cookie: str
    csrf: str
    headers: dict[str, str] = field(default_factory=lambda: {"accept": HTML})

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, **{**self.headers, "cookie": self.cookie, **headers})

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Response:
        """Submit a form as one of our pages would, with the session's ``csrf`` unless ``fields`` has one."""
        body = urlencode({"csrf": self.csrf, **(fields or {})}).encode()
        sent = {
            **self.headers,
            "cookie": self.cookie,
            "origin": "http://localhost:8000",
            "content_type": "application/x-www-form-urlencoded",
        }
        return self.client.post(path, body, **{**sent, **headers})


def as_person(
    laurel: Laurel, email: str, issuer_id: str | None = None, role: Role = Role.OWNER, client: Gateway | None = None
) -> Browser:
    """A signed-in browser of ``email``, who becomes a member of ``issuer_id`` if it is given."""
    if issuer_id is not None:
        add_member(laurel.access_context, issuer_id, email, role)
    session, cookie = sessions.sign_in(laurel.access_context, email)
    return Browser(client or Gateway.over(laurel), f"laurel_session={cookie}", session.csrf)


def add_member(access_context: AccessContext, issuer_id: str, email: str, role: Role) -> None:
    """Add a member; an issuer without an owner gets one first."""
    if role is not Role.OWNER and not access_context.member_store.membership(issuer_id).owners:
        members.add(access_context, issuer_id, f"first-owner@{issuer_id}.example", Role.OWNER)
    members.add(access_context, issuer_id, email, role)
