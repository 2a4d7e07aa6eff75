"""Hiding the page of a credential."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.award.issuing import status_changes
from chalicelib.errors import Conflict, NotFound
from chalicelib.moderation import takedown
from tests.award.fakes import IssuerFixture


@pytest.fixture
def acme() -> IssuerFixture:
    return IssuerFixture()


def test_a_takedown_changes_nothing_but_itself_and_survives_a_revocation(acme: IssuerFixture) -> None:
    before = acme.issue()
    hidden = takedown.set_taken_down(acme.issuer_context, before.id, taken_down=True)
    assert hidden.taken_down is not None
    assert replace(hidden, taken_down=None, version=before.version) == before
    status_changes.revoke(acme.issuer_context, "acme", before.id, None)
    assert acme.issuer_store.record(before.id).taken_down == hidden.taken_down
    assert takedown.set_taken_down(acme.issuer_context, before.id, taken_down=False).taken_down is None


def test_an_unknown_credential_cannot_be_taken_down(acme: IssuerFixture) -> None:
    with pytest.raises(NotFound):
        takedown.set_taken_down(acme.issuer_context, "x" * 26, taken_down=True)


def test_a_takedown_that_keeps_losing_to_other_changes_is_a_conflict(
    acme: IssuerFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        raise Conflict("changed")

    record = acme.issue()
    monkeypatch.setattr(acme.issuer_store, "replace_status", lose)
    with pytest.raises(Conflict) as caught:
        takedown.set_taken_down(acme.issuer_context, record.id, taken_down=True)
    assert caught.value.code == "busy"
