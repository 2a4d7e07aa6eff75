"""Rebuilding and checking the search index of the directory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.directory.profiles.profile import Details
from chalicelib.directory.profiles.published import Published
from chalicelib.directory.writing import updates
from tests.cli.conftest import FakeServices, Run


def show(services: FakeServices, letter: str) -> None:
    made = Published(letter * 26, Details("Ada"), (), indexed=False, since=services.clock(), expires_at=None)
    services.profile_store.public[made.holder_id] = made


def test_a_rebuild_lists_everyone_who_is_shown(run: Run, services: FakeServices) -> None:
    for letter in "ab":
        show(services, letter)
    result = run("directory", "rebuild", "--json")
    assert result.code == 0
    assert [row["people"] for row in result.rows] == [2]
    services.clock.advance(timedelta(seconds=1))
    again = run("directory", "rebuild", "--json").rows[0]
    assert again["people"] == 2
    assert again["generation"] != result.rows[0]["generation"]
    assert services.listing_updates.index.generations().previous is None


def test_a_check_names_who_is_missing_and_fails(run: Run, services: FakeServices) -> None:
    assert run("directory", "check").code == 0  # no index, and no one to be in it
    show(services, "a")
    updates.update(services.listing_updates, ["a" * 26])
    assert run("directory", "check", "--json").rows[0]["people"] == []
    show(services, "b")
    result = run("directory", "check", "--json")
    assert (result.code, result.rows[0]["people"]) == (1, ["b" * 26])
    named = run("directory", "check")
    assert "b" * 26 in named.err
    run("directory", "rebuild")
    assert run("directory", "check").code == 0


def test_a_rebuild_repairs_a_listing_whose_change_was_lost(run: Run, services: FakeServices) -> None:
    show(services, "a")
    updates.update(services.listing_updates, ["a" * 26])
    public = services.profile_store.public
    public["a" * 26] = replace(public["a" * 26], details=Details("Ada Renamed"))
    assert run("directory", "check").code == 1
    run("directory", "rebuild")
    assert run("directory", "check").code == 0
