"""Revoking, suspending and reinstating credentials."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award import daily_limits
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import status_changes
from chalicelib.award.issuing.status_changes import MAX_ATTEMPTS, Decision
from chalicelib.award.issuing.storing import PATHWAYS, STATUS_CHANGED
from chalicelib.credential.record import State
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verify import bitstring
from chalicelib.verify.report import Verdict
from tests.award.fakes import Crash, Fuse, IssuerFixture, Locked
from tests.examples import examples

Act = Callable[[IssuerContext, str], Decision]

VERDICTS = {State.ACTIVE: Verdict.VALID, State.SUSPENDED: Verdict.SUSPENDED, State.REVOKED: Verdict.REVOKED}


def test_revocation_takes_effect_immediately_with_its_reason(acme: IssuerFixture) -> None:
    record = acme.issue()
    acme.clock.advance(timedelta(hours=1))
    decision = status_changes.revoke(acme.issuer_context, "acme", record.id, "Issued by mistake.")
    assert decision.changed
    assert acme.report(record).verdict is Verdict.REVOKED
    stored = acme.issuer_store.record(record.id)
    assert stored.status == decision.record.status
    assert stored.status.reason == "Issued by mistake."
    assert stored.status.at == acme.issuer_context.now()
    assert stored.document == record.document


def test_reinstatement_ends_a_suspension(acme: IssuerFixture) -> None:
    record = acme.issue()
    status_changes.suspend(acme.issuer_context, "acme", record.id, "Being audited.")
    assert acme.report(record).verdict is Verdict.SUSPENDED
    status_changes.reinstate(acme.issuer_context, "acme", record.id)
    assert acme.report(record).verdict is Verdict.VALID
    assert acme.issuer_store.record(record.id).status.reason is None


def test_each_status_change_adds_a_task_to_tell_the_holder(acme: IssuerFixture) -> None:
    record = acme.issue()
    for act in (status_changes.suspend, status_changes.reinstate, status_changes.revoke):
        acme.clock.advance(timedelta(milliseconds=1))
        act(acme.issuer_context, "acme", record.id)
    acme.clock.advance(timedelta(milliseconds=1))
    status_changes.revoke(acme.issuer_context, "acme", record.id)  # changes nothing
    tasks = [task for task in acme.issuer_store.tasks.status if task.kind == STATUS_CHANGED]
    assert [task.subject for task in tasks] == [record.id] * 3


def test_reinstatement_in_the_second_of_issue_adds_a_pathway_task(acme: IssuerFixture) -> None:
    """With the same due time the new task would equal the existing one, and storing it would always conflict."""
    record = acme.issue()
    status_changes.suspend(acme.issuer_context, "acme", record.id)
    acme.clock.advance(timedelta(milliseconds=1))
    status_changes.reinstate(acme.issuer_context, "acme", record.id)
    assert len([task for task in acme.issuer_store.tasks.status if task.kind == PATHWAYS]) == 2


def test_repeated_status_change_reports_no_change(acme: IssuerFixture) -> None:
    for act in (status_changes.suspend, status_changes.revoke):
        record = acme.issue()
        first = act(acme.issuer_context, "acme", record.id, "Once.")
        acme.clock.advance(timedelta(days=1))
        lists = dict(acme.issuer_store._lists)
        again = act(acme.issuer_context, "acme", record.id, "Twice.")
        assert not again.changed
        assert again.record == first.record
        assert acme.issuer_store._lists == lists


def test_reinstating_an_active_credential_changes_nothing(acme: IssuerFixture) -> None:
    assert not status_changes.reinstate(acme.issuer_context, "acme", acme.issue().id).changed


@pytest.mark.parametrize("act", [status_changes.reinstate, status_changes.suspend])
def test_revocation_is_final(acme: IssuerFixture, act: Act) -> None:
    record = acme.issue()
    status_changes.revoke(acme.issuer_context, "acme", record.id)
    with pytest.raises(Refused) as refused:
        act(acme.issuer_context, "acme", record.id)
    assert refused.value.code == "revoked_is_final"
    assert acme.report(record).verdict is Verdict.REVOKED


def test_suspended_credential_can_be_revoked(acme: IssuerFixture) -> None:
    record = acme.issue()
    status_changes.suspend(acme.issuer_context, "acme", record.id)
    status_changes.revoke(acme.issuer_context, "acme", record.id)
    assert acme.report(record).verdict is Verdict.REVOKED


def test_status_change_re_signs_the_list_with_its_time(acme: IssuerFixture) -> None:
    record = acme.issue()
    acme.clock.advance(timedelta(days=3))
    status_changes.revoke(acme.issuer_context, "acme", record.id)
    listed = acme.issuer_store.status_list(record.entries[0].list_id)
    document = json.loads(listed.document)
    assert listed.version == 2
    assert document["proof"]["created"] == "2026-11-24T09:30:00Z"
    assert bitstring.decode(document["credentialSubject"]["encodedList"]) == listed.bits


def test_status_change_sets_only_the_credentials_own_bit(acme: IssuerFixture) -> None:
    records = [acme.issue() for _ in range(4)]
    status_changes.revoke(acme.issuer_context, "acme", records[2].id)
    listed = acme.issuer_store.status_list(records[2].entries[0].list_id)
    assert sum(byte.bit_count() for byte in listed.bits) == 1
    assert [acme.report(record).verdict is Verdict.VALID for record in records] == [True, True, False, True]


def test_unknown_credential_is_not_found(acme: IssuerFixture) -> None:
    with pytest.raises(NotFound):
        status_changes.revoke(acme.issuer_context, "acme", "nothing")


def test_credential_without_status_entry_cannot_be_revoked(acme: IssuerFixture) -> None:
    acme.issuer_store.add_record(replace(acme.issue(), id="b" * 26, entries=()))
    with pytest.raises(Refused) as refused:
        status_changes.revoke(acme.issuer_context, "acme", "b" * 26)
    assert refused.value.code == "no_status_entry"
    assert acme.issuer_store.record("b" * 26).status.state is State.ACTIVE


@pytest.mark.parametrize("reason", ["", "x" * 501, "\x1b[2J"])
def test_invalid_reason_is_refused(acme: IssuerFixture, reason: str) -> None:
    record = acme.issue()
    with pytest.raises(Refused):
        status_changes.revoke(acme.issuer_context, "acme", record.id, reason)
    assert acme.report(record).verdict is Verdict.VALID


@given(
    acts=st.lists(
        st.sampled_from([status_changes.suspend, status_changes.reinstate, status_changes.revoke]), max_size=6
    )
)
@examples(60)
def test_record_list_and_verdict_agree_after_any_status_changes(acts: list[Act]) -> None:
    acme = IssuerFixture()
    record = acme.issue()
    expected = State.ACTIVE
    for act in acts:
        try:
            expected = act(acme.issuer_context, "acme", record.id).record.status.state
        except Refused:
            assert expected is State.REVOKED
    assert acme.issuer_store.record(record.id).status.state is expected
    assert acme.report(record).verdict is VERDICTS[expected]


# Concurrency.


class InterferingStore:
    """An issuer store that runs ``interfere`` just before each of the first ``times`` status changes is stored."""

    def __init__(self, acme: IssuerFixture, times: int, interfere: Callable[[], object]) -> None:
        self._acme, self._remaining, self._interfere = acme, times, interfere

    def __getattr__(self, name: str) -> Any:
        if name == "replace_status" and self._remaining:
            self._remaining -= 1
            self._interfere()
        return getattr(self._acme.issuer_store, name)


def test_concurrent_changes_of_one_list_are_both_kept(acme: IssuerFixture) -> None:
    mine, theirs = acme.issue(), acme.issue()
    interfering = InterferingStore(acme, 1, lambda: status_changes.revoke(acme.issuer_context, "acme", theirs.id))
    status_changes.revoke(replace(acme.issuer_context, issuer_store=interfering), "acme", mine.id)
    assert acme.report(mine).verdict is Verdict.REVOKED
    assert acme.report(theirs).verdict is Verdict.REVOKED


def test_reinstatement_does_not_undo_a_concurrent_revocation(acme: IssuerFixture) -> None:
    record = acme.issue()
    status_changes.suspend(acme.issuer_context, "acme", record.id)
    interfering = InterferingStore(acme, 1, lambda: status_changes.revoke(acme.issuer_context, "acme", record.id))
    with pytest.raises(Refused) as refused:
        status_changes.reinstate(replace(acme.issuer_context, issuer_store=interfering), "acme", record.id)
    assert refused.value.code == "revoked_is_final"
    assert acme.report(record).verdict is Verdict.REVOKED


def test_status_change_is_refused_as_busy_after_repeated_conflicts(
    acme: IssuerFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_limits, "CHANGES_PER_CREDENTIAL", MAX_ATTEMPTS)
    mine, other = acme.issue(), acme.issue()
    turns = iter([status_changes.suspend, status_changes.reinstate] * MAX_ATTEMPTS)
    interfering = InterferingStore(acme, MAX_ATTEMPTS, lambda: next(turns)(acme.issuer_context, "acme", other.id))
    with pytest.raises(Conflict) as conflict:
        status_changes.suspend(replace(acme.issuer_context, issuer_store=interfering), "acme", mine.id)
    assert conflict.value.code == "busy"
    assert acme.report(mine).verdict is Verdict.VALID


def test_concurrent_revocations_up_to_the_number_of_tries_succeed() -> None:
    acme = IssuerFixture()
    records = [acme.issue() for _ in range(MAX_ATTEMPTS)]
    issuer_context = replace(acme.issuer_context, issuer_store=Locked(acme.issuer_store))
    barrier = threading.Barrier(MAX_ATTEMPTS)

    def one(name: str) -> bool:
        barrier.wait()
        return status_changes.revoke(issuer_context, "acme", name).changed

    with ThreadPoolExecutor(MAX_ATTEMPTS) as pool:
        assert all(pool.map(one, [record.id for record in records]))
    assert all(acme.report(record).verdict is Verdict.REVOKED for record in records)
    assert acme.issuer_store.status_list(records[0].entries[0].list_id).version == 1 + MAX_ATTEMPTS


# Crashes.


@pytest.mark.parametrize("act", [status_changes.revoke, status_changes.suspend])
def test_status_change_is_atomic_and_can_be_repeated_after_a_crash(act: Act) -> None:
    for at in range(100):
        for after in (False, True):
            acme = IssuerFixture()
            record = acme.issue()
            fuse = Fuse(at, after)
            try:
                act(fuse.build_into(acme.issuer_context), "acme", record.id)
            except Crash:
                pass
            else:
                assert not fuse.triggered
                assert at > 3
                return
            state = acme.issuer_store.record(record.id).status.state
            assert acme.report(record).verdict is VERDICTS[state]
            decided = act(acme.issuer_context, "acme", record.id)
            assert decided.changed is (state is State.ACTIVE)
            assert acme.report(record).verdict is VERDICTS[decided.record.status.state]
    pytest.fail("no run completed without a crash")
