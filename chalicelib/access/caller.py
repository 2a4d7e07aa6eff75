"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.access.roles import Act, Role, allowed


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who acts for one issuer. The tenant of all that they do is ``issuer_id``, never what they send."""

    who: str
    """An e-mail address, or ``token:<id>``."""
    issuer_id: str
    role: Role

    def may(self, act: Act) -> bool:
        """Whether the caller's role allows ``act``."""
        return allowed(self.role, act)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, in one browser."""

    email: str
    operator: bool
    """Whether the deployment's settings name this address as an operator's."""
    session_id: str
    csrf: str
    """What every form of this session carries in its hidden field ``csrf``."""
