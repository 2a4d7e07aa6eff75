"""Roles, and what each may do."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The role of a member or token."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Permission(StrEnum):
    """An action that a role permits."""

    READ = "read"
    """See figures, achievements, credentials, pathways and members."""
    EDIT = "edit"
    """Create and edit achievements and pathways."""
    ISSUE = "issue"
    """Issue, revoke, suspend, reinstate, correct, renew, send."""
    EXPORT = "export"
    """Export all data of the issuer."""
    MANAGE = "manage"
    """Manage the issuer: its profile, members, tokens, domains and webhooks."""


_ALLOWED = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.EDITOR: frozenset({Permission.READ, Permission.EDIT, Permission.ISSUE}),
    Role.OWNER: frozenset(Permission),
}


def covers(role: Role, other: Role) -> bool:
    """Whether ``role`` may do everything that ``other`` may do."""
    return _ALLOWED[role] >= _ALLOWED[other]


def allowed(role: Role, permission: Permission) -> bool:
    """Whether ``role`` may do ``permission``."""
    return permission in _ALLOWED[role]
