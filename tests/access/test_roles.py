"""What each role may do."""

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
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role, act: Act) -> None:
    assert allowed(role, act) is (act in TABLE[role])
    assert Caller("ada@example.org", "acme", role).may(act) is (act in TABLE[role])
