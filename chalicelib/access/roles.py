"""What a member or a token of an issuer may do."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to an issuer."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Act(StrEnum):
    """What can be done with what belongs to an issuer."""

    READ = "read"
    """See everything but secrets."""
    EDIT = "edit"
    """Write achievements and pathways."""
    ISSUE = "issue"
    """Issue, revoke, suspend, reinstate, correct, renew, send."""
    EXPORT = "export"
    """Take everything away at once."""
    MANAGE = "manage"
    """Decide about the issuer itself: its words, members, tokens, domains, hooks."""


_ALLOWED = {
    Role.VIEWER: frozenset({Act.READ}),
    Role.EDITOR: frozenset({Act.READ, Act.EDIT, Act.ISSUE}),
    Role.OWNER: frozenset(Act),
}


def allowed(role: Role, act: Act) -> bool:
    """Whether ``role`` may do ``act``."""
    return act in _ALLOWED[role]
