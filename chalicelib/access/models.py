"""Stored models of access: members, tokens, sessions, links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.access.roles import Role


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an issuer."""

    issuer_id: str
    email: str
    role: Role
    since: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """The number of members and owners of an issuer. Every change of a member increments its version, so concurrent
    changes conflict."""

    issuer_id: str
    owners: int = 0
    members: int = 0
    version: int = 0
    """Incremented with every change; 0 before the first."""
    last: str = ""
    """A random id of the last change, so that two changes never produce the same item: changes that differ only in the
    keys they revoke must also conflict."""


@dataclass(frozen=True, slots=True)
class Token:
    """An API key of an issuer; of the operators if ``issuer_id`` and ``role`` are None."""

    id: str
    issuer_id: str | None
    role: Role | None
    name: str
    digest: str
    """SHA-256 of the secret, in hex. The secret is shown once and never stored."""
    created: datetime
    created_by: str
    """An email address, ``token:<id>`` or ``operator:<name>``."""
    used: datetime | None = None
    """When it was last used, to the hour."""
    member: str | None = None
    """The email address of the member that it belongs to; it is revoked when they are removed. None if it belongs to
    the organization."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser session of a signed-in person."""

    id: str
    email: str
    csrf: str
    created: datetime
    seen: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time sign-in link, which works only in the browser that requested it."""

    digest: str
    """SHA-256 of the secret in the link, in hex."""
    browser: str
    """SHA-256 of the secret in the requesting browser's cookie, in hex."""
    email: str
    next: str
    """The path to open after signing in."""
    expires: datetime
