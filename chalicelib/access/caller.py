"""The authenticated party of a request."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.access.roles import Permission, Role, allowed


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or program that acts for one issuer. The tenant is always ``issuer_id``, never a value from the
    request."""

    actor: str
    """An email address, or ``token:<id>``."""
    issuer_id: str
    role: Role
    member: str | None = None
    """The address of the member who acts, in a browser or through an API key; None for an organization key."""

    def may(self, permission: Permission) -> bool:
        """Whether the caller's role allows ``permission``."""
        return allowed(self.role, permission)


@dataclass(frozen=True, slots=True)
class Person:
    """A person who is signed in, in one browser."""

    email: str
    operator: bool
    """Whether the deployment's settings list this address as an operator."""
    session_id: str
    csrf: str
    """The value of the hidden field ``csrf`` in every form of this session."""
