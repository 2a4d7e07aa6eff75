"""Permissions of each role."""

from __future__ import annotations

import pytest

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission, Role, allowed

TABLE = {
    Role.VIEWER: {Permission.READ},
    Role.EDITOR: {Permission.READ, Permission.EDIT, Permission.ISSUE},
    Role.OWNER: {Permission.READ, Permission.EDIT, Permission.ISSUE, Permission.EXPORT, Permission.MANAGE},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_role_has_exactly_the_permissions_in_the_table(role: Role, permission: Permission) -> None:
    assert allowed(role, permission) is (permission in TABLE[role])
    assert Caller("ada@example.org", "acme", role).may(permission) is (permission in TABLE[role])
