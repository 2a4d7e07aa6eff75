"""Permissions of each role."""

from __future__ import annotations

import pytest

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Act, Role, allowed

TABLE = {
    Role.VIEWER: {Act.READ},
    Role.EDITOR: {Act.READ, Act.EDIT, Act.ISSUE},
    Role.OWNER: {Act.READ, Act.EDIT, Act.ISSUE, Act.EXPORT, Act.MANAGE},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", Act)
def test_role_has_exactly_the_permissions_in_the_table(role: Role, act: Act) -> None:
    assert allowed(role, act) is (act in TABLE[role])
    assert Caller("ada@example.org", "acme", role).may(act) is (act in TABLE[role])
