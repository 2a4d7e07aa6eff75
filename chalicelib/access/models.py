"""What access keeps: members, tokens, sessions, links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.access.roles import Role


@dataclass(frozen=True, slots=True)
class Member:
    """A person who belongs to an issuer."""

    issuer_id: str
    email: str
    role: Role
    since: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """How many belong to an issuer. It changes with every change of a member, so two changes cannot pass each other."""

    issuer_id: str
    owners: int = 0
    members: int = 0
    version: int = 0
    """Raised by one with every change; 0 before the first."""
    last: str = ""
    """The last change in words, so that two changes never look alike."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a program brings to act for an issuer; for the operators, where ``issuer_id`` and ``role`` are None."""

    id: str
    issuer_id: str | None
    role: Role | None
    name: str
    digest: str
    """SHA-256 of its secret, in hex; the secret itself is shown once and kept nowhere."""
    created: datetime
    created_by: str
    """An e-mail address, ``token:<id>`` or ``operator:<name>``."""
    used: datetime | None = None
    """When it last opened something, to the hour."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is signed in."""

    id: str
    email: str
    csrf: str
    created: datetime
    seen: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link, by which whoever reads a mailbox signs in, in the browser that asked for it."""

    digest: str
    """SHA-256 of the secret in the link, in hex."""
    browser: str
    """SHA-256 of the secret in the asking browser's cookie, in hex."""
    email: str
    next: str
    """The path to open then."""
    expires: datetime
