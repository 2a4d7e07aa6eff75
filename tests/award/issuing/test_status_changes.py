"""Revoking, suspending, reinstating."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import status_changes
from chalicelib.award.issuing.status_changes import TRIES, Decision
from chalicelib.award.issuing.storing import PATHWAYS
from chalicelib.credential.record import State
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verify import bitstring
from chalicelib.verify.report import Verdict
from tests.award.fakes import Crash, Fuse, House, Locked

Act = Callable[[IssuerContext, str], Decision]

VERDICTS = {State.ACTIVE: Verdict.VALID, State.SUSPENDED: Verdict.SUSPENDED, State.REVOKED: Verdict.REVOKED}


def test_a_revoked_credential_is_known_as_such_at_once_with_the_reason(house: House) -> None:
    record = house.issue()
    house.clock.advance(timedelta(hours=1))
    decision = status_changes.revoke(house.issuer_context, "acme", record.id, "Issued by mistake.")
    assert decision.changed
    assert house.report(record).verdict is Verdict.REVOKED
    stored = house.issuer_store.record(record.id)
    assert stored.status == decision.record.status
    assert stored.status.reason == "Issued by mistake."
    assert stored.status.at == house.issuer_context.now()
    assert stored.document == record.document


def test_a_suspension_ends_with_the_reinstatement(house: House) -> None:
    record = house.issue()
    status_changes.suspend(house.issuer_context, "acme", record.id, "Being audited.")
    assert house.report(record).verdict is Verdict.SUSPENDED
    status_changes.reinstate(house.issuer_context, "acme", record.id)
    assert house.report(record).verdict is Verdict.VALID
    assert house.issuer_store.record(record.id).status.reason is None


def test_what_is_reinstated_in_the_second_of_its_issue_is_looked_at_by_its_pathways_again(house: House) -> None:
    """The task was the one that stood there already, and every try to store it was a conflict."""
    record = house.issue()
    status_changes.suspend(house.issuer_context, "acme", record.id)
    house.clock.advance(timedelta(milliseconds=1))
    status_changes.reinstate(house.issuer_context, "acme", record.id)
    assert len([task for task in house.issuer_store.tasks.status if task.kind == PATHWAYS]) == 2


def test_deciding_the_same_again_changes_nothing_and_says_so(house: House) -> None:
    for act in (status_changes.suspend, status_changes.revoke):
        record = house.issue()
        first = act(house.issuer_context, "acme", record.id, "Once.")
        house.clock.advance(timedelta(days=1))
        lists = dict(house.issuer_store._lists)
        again = act(house.issuer_context, "acme", record.id, "Twice.")
        assert not again.changed
        assert again.record == first.record
        assert house.issuer_store._lists == lists


def test_reinstating_what_was_never_suspended_changes_nothing(house: House) -> None:
    assert not status_changes.reinstate(house.issuer_context, "acme", house.issue().id).changed


@pytest.mark.parametrize("act", [status_changes.reinstate, status_changes.suspend])
def test_a_revocation_is_final(house: House, act: Act) -> None:
    record = house.issue()
    status_changes.revoke(house.issuer_context, "acme", record.id)
    with pytest.raises(Refused) as refused:
        act(house.issuer_context, "acme", record.id)
    assert refused.value.code == "revoked_is_final"
    assert house.report(record).verdict is Verdict.REVOKED


def test_a_suspended_credential_can_be_revoked(house: House) -> None:
    record = house.issue()
    status_changes.suspend(house.issuer_context, "acme", record.id)
    status_changes.revoke(house.issuer_context, "acme", record.id)
    assert house.report(record).verdict is Verdict.REVOKED


def test_the_list_is_signed_anew_with_the_moment_of_the_decision(house: House) -> None:
    record = house.issue()
    house.clock.advance(timedelta(days=3))
    status_changes.revoke(house.issuer_context, "acme", record.id)
    listed = house.issuer_store.status_list(record.entries[0].list_id)
    document = json.loads(listed.document)
    assert listed.version == 2
    assert document["proof"]["created"] == "2026-11-24T09:30:00Z"
    assert bitstring.decode(document["credentialSubject"]["encodedList"]) == listed.bits


def test_only_the_credential_s_own_bit_changes(house: House) -> None:
    records = [house.issue() for _ in range(4)]
    status_changes.revoke(house.issuer_context, "acme", records[2].id)
    listed = house.issuer_store.status_list(records[2].entries[0].list_id)
    assert sum(byte.bit_count() for byte in listed.bits) == 1
    assert [house.report(record).verdict is Verdict.VALID for record in records] == [True, True, False, True]


def test_unknown_credentials_are_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        status_changes.revoke(house.issuer_context, "acme", "nothing")


def test_a_credential_without_an_entry_cannot_be_withdrawn(house: House) -> None:
    house.issuer_store.add_record(replace(house.issue(), id="b" * 26, entries=()))
    with pytest.raises(Refused) as refused:
        status_changes.revoke(house.issuer_context, "acme", "b" * 26)
    assert refused.value.code == "no_status_entry"
    assert house.issuer_store.record("b" * 26).status.state is State.ACTIVE


@pytest.mark.parametrize("reason", ["", "x" * 501, "\x1b[2J"])
def test_a_reason_that_cannot_be_shown_is_refused(house: House, reason: str) -> None:
    record = house.issue()
    with pytest.raises(Refused):
        status_changes.revoke(house.issuer_context, "acme", record.id, reason)
    assert house.report(record).verdict is Verdict.VALID


@given(
    acts=st.lists(
        st.sampled_from([status_changes.suspend, status_changes.reinstate, status_changes.revoke]), max_size=6
    )
)
@settings(max_examples=60, deadline=None)
def test_after_any_decisions_the_record_the_list_and_the_verdict_agree(acts: list[Act]) -> None:
    house = House()
    record = house.issue()
    expected = State.ACTIVE
    for act in acts:
        try:
            expected = act(house.issuer_context, "acme", record.id).record.status.state
        except Refused:
            assert expected is State.REVOKED
    assert house.issuer_store.record(record.id).status.state is expected
    assert house.report(record).verdict is VERDICTS[expected]


# Several at once.


class Meddled:
    """A ledger in which somebody else decides something just before each of the first ``times`` decisions is stored."""

    def __init__(self, house: House, times: int, meddle: Callable[[], object]) -> None:
        self._house, self._left, self._meddle = house, times, meddle

    def __getattr__(self, name: str) -> Any:
        if name == "replace_status" and self._left:
            self._left -= 1
            self._meddle()
        return getattr(self._house.issuer_store, name)


def test_when_the_list_was_changed_in_the_meantime_neither_change_is_lost(house: House) -> None:
    mine, theirs = house.issue(), house.issue()
    meddled = Meddled(house, 1, lambda: status_changes.revoke(house.issuer_context, "acme", theirs.id))
    status_changes.revoke(replace(house.issuer_context, issuer_store=meddled), "acme", mine.id)
    assert house.report(mine).verdict is Verdict.REVOKED
    assert house.report(theirs).verdict is Verdict.REVOKED


def test_a_reinstatement_does_not_undo_a_revocation_that_was_first(house: House) -> None:
    record = house.issue()
    status_changes.suspend(house.issuer_context, "acme", record.id)
    meddled = Meddled(house, 1, lambda: status_changes.revoke(house.issuer_context, "acme", record.id))
    with pytest.raises(Refused) as refused:
        status_changes.reinstate(replace(house.issuer_context, issuer_store=meddled), "acme", record.id)
    assert refused.value.code == "revoked_is_final"
    assert house.report(record).verdict is Verdict.REVOKED


def test_one_who_is_always_beaten_gives_up_after_a_bounded_number_of_tries(house: House) -> None:
    mine, other = house.issue(), house.issue()
    turns = iter([status_changes.suspend, status_changes.reinstate] * TRIES)
    meddled = Meddled(house, TRIES, lambda: next(turns)(house.issuer_context, "acme", other.id))
    with pytest.raises(Conflict) as conflict:
        status_changes.suspend(replace(house.issuer_context, issuer_store=meddled), "acme", mine.id)
    assert conflict.value.code == "busy"
    assert house.report(mine).verdict is Verdict.VALID


def test_as_many_as_there_are_tries_can_revoke_at_the_same_moment() -> None:
    house = House()
    records = [house.issue() for _ in range(TRIES)]
    issuer_context = replace(house.issuer_context, issuer_store=Locked(house.issuer_store))
    barrier = threading.Barrier(TRIES)

    def one(name: str) -> bool:
        barrier.wait()
        return status_changes.revoke(issuer_context, "acme", name).changed

    with ThreadPoolExecutor(TRIES) as pool:
        assert all(pool.map(one, [record.id for record in records]))
    assert all(house.report(record).verdict is Verdict.REVOKED for record in records)
    assert house.issuer_store.status_list(records[0].entries[0].list_id).version == 1 + TRIES


# Crashes.


@pytest.mark.parametrize("act", [status_changes.revoke, status_changes.suspend])
def test_whenever_a_decision_dies_it_is_taken_or_not_and_a_rerun_completes_it(act: Act) -> None:
    for at in range(100):
        for after in (False, True):
            house = House()
            record = house.issue()
            fuse = Fuse(at, after)
            try:
                act(fuse.build_into(house.issuer_context), "acme", record.id)
            except Crash:
                pass
            else:
                assert not fuse.burnt
                assert at > 3
                return
            state = house.issuer_store.record(record.id).status.state
            assert house.report(record).verdict is VERDICTS[state]
            decided = act(house.issuer_context, "acme", record.id)
            assert decided.changed is (state is State.ACTIVE)
            assert house.report(record).verdict is VERDICTS[decided.record.status.state]
    pytest.fail("the fuse never outlasted the decision")
