"""`laurel key`."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.credential import dates
from tests.cli.conftest import FakeServices, Run


def issue(run: Run, achievement: str) -> None:
    result = run("credential", "issue", "acme", achievement, "--name", "Ada", "--json")
    assert result.code == 0, result.err


def test_keys_are_listed_with_their_state(run: Run, achievement: str) -> None:
    assert [row["shared"] for row in run("key", "list", "acme", "--json").rows] == [True]
    issue(run, achievement)
    shared, own = run("key", "list", "acme", "--json").rows
    assert (shared["shared"], own["shared"], own["retired"], own["revoked"]) == (True, False, None, None)
    assert shared["retired"] is not None


def test_effect_is_shown_first_and_nothing_changes_without_yes(
    run: Run, services: FakeServices, achievement: str
) -> None:
    issue(run, achievement)
    services.clock.advance(timedelta(hours=1))
    since = dates.write(services.clock())
    issue(run, achievement)
    services.clock.advance(timedelta(hours=1))
    key = run("key", "list", "acme", "--json").rows[-1]["key"]
    command = ("key", "revoke", "--compromised-since", since, "acme", key)
    shown = run(*command)
    assert shown.code == 0
    assert "1 were issued since" in shown.out
    assert "1 were issued earlier" in shown.out
    assert "--yes" in shown.out
    before = run(*command, "--json").rows[0]
    assert (before["invalid"], before["kept"], before["revoked"]) == (1, 1, False)
    assert run("key", "list", "acme", "--json").rows[-1]["key"] == key
    after = run(*command, "--yes", "--json").rows[0]
    assert (after["invalid"], after["kept"], after["revoked"]) == (1, 1, True)
    listed = run("key", "list", "acme", "--json").rows
    assert listed[-1]["key"] == after["signing_key"] != key
    assert [row["revoked"] for row in listed] == [None, since, None]


def test_time_is_required_and_not_in_the_future(run: Run, services: FakeServices, achievement: str) -> None:
    issue(run, achievement)
    key = run("key", "list", "acme", "--json").rows[-1]["key"]
    assert run("key", "revoke", "acme", key).code == 2
    future = dates.write(services.clock() + timedelta(days=1))
    result = run("key", "revoke", "--compromised-since", future, "acme", key, "--yes")
    assert (result.code, "bad_moment" in result.err) == (1, True)
