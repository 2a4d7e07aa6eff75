"""Issuing: drawing a free status list index, and crashes at any call."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import (
    batch,
    issue,
    status_changes,
    status_lists,
    storing,
)
from chalicelib.award.issuing.storing import DRAWS, PAIRS
from chalicelib.award.keys import rotation
from chalicelib.credential.build import Holder
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, LaurelError
from chalicelib.verify.report import Outcome, Verdict
from tests.award.fakes import Crash, Fuse, IssuerFixture, Locked, allow_conflict
from tests.examples import examples
from tests.fakes import IssuerStore


@given(drawn=st.binary(min_size=4, max_size=4))
@examples(200)
def test_drawn_index_is_within_the_list(drawn: bytes) -> None:
    assert 0 <= storing.draw(replace(SHARED_ACME.issuer_context, entropy=lambda _: drawn)) < 131_072


def test_credential_has_the_same_index_in_both_lists(acme: IssuerFixture) -> None:
    revocation, suspension = acme.issue().entries
    assert revocation.index == suspension.index


@given(low=st.integers(0, 2**17 - 1), high=st.integers(0, 2**15 - 1))
@examples(200)
def test_all_indexes_are_equally_likely(low: int, high: int) -> None:
    """Each index is drawn by 2^15 of the 2^32 values: one for each setting of the 15 unused bits."""
    value = high << 17 | low
    issuer_context = replace(SHARED_ACME.issuer_context, entropy=lambda _: value.to_bytes(4))
    assert storing.draw(issuer_context) == low


SHARED_ACME = IssuerFixture()


class CollidingStore:
    """An issuer store in which the first ``collisions`` drawn indexes are taken."""

    def __init__(self, issuer_store: IssuerStore, collisions: int) -> None:
        self._issuer_store, self._remaining = issuer_store, collisions
        self.tried: list[Record] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._issuer_store, name)

    def add_record(self, record: Record, *rest: Any) -> None:
        self.tried.append(record)
        if self._remaining:
            self._remaining -= 1
            raise Conflict("taken", code="index_taken")
        self._issuer_store.add_record(record, *rest)


@given(collisions=st.integers(0, DRAWS * PAIRS))
@examples(30)
def test_new_pair_of_lists_is_opened_after_eight_collisions(collisions: int) -> None:
    acme = IssuerFixture()
    colliding = CollidingStore(acme.issuer_store, collisions)
    issuer_context = replace(acme.issuer_context, issuer_store=colliding)
    if collisions == DRAWS * PAIRS:
        with pytest.raises(Conflict) as conflict:
            issue.issue(issuer_context, acme.award())
        assert conflict.value.code == "busy"
        return
    record = issue.issue(issuer_context, acme.award())
    pairs = [tuple(entry.list_id for entry in each.entries) for each in colliding.tried]
    assert len(set(pairs)) == 1 + collisions // DRAWS
    assert len(colliding.tried) == collisions + 1
    issuer = acme.issuer_store.issuer("acme")
    assert pairs[-1] == (issuer.revocation_list, issuer.suspension_list)
    assert acme.report(record).verdict is Verdict.VALID


def test_each_draw_is_signed_again_with_the_same_id(acme: IssuerFixture) -> None:
    colliding = CollidingStore(acme.issuer_store, 3)
    issue.issue(replace(acme.issuer_context, issuer_store=colliding), acme.award())
    assert len({record.id for record in colliding.tried}) == 1
    assert len({record.document for record in colliding.tried}) == 4


def test_pair_opened_by_a_concurrent_writer_is_used(acme: IssuerFixture) -> None:
    class PairOpenedByAnother(CollidingStore):
        def replace_issuer(self, issuer: Issuer, lists: Any) -> None:
            opened, pair = status_lists.open_pair(acme.issuer_context, replace(issuer), acme.issuer_context.now())
            acme.issuer_store.replace_issuer(opened, pair)
            raise Conflict("changed concurrently")

    record = issue.issue(
        replace(acme.issuer_context, issuer_store=PairOpenedByAnother(acme.issuer_store, DRAWS)), acme.award()
    )
    issuer = acme.issuer_store.issuer("acme")
    assert issuer.version == 2
    assert [entry.list_id for entry in record.entries] == [issuer.revocation_list, issuer.suspension_list]


def test_credential_in_an_earlier_pair_can_be_revoked(acme: IssuerFixture) -> None:
    old = acme.issue()
    issue.issue(replace(acme.issuer_context, issuer_store=CollidingStore(acme.issuer_store, DRAWS)), acme.award())
    assert acme.issuer_store.issuer("acme").revocation_list != old.entries[0].list_id
    status_changes.revoke(acme.issuer_context, "acme", old.id)
    assert acme.report(old).verdict is Verdict.REVOKED


@pytest.mark.parametrize("thread_count", [64])
@pytest.mark.slow
def test_64_threads_never_share_an_index(thread_count: int) -> None:
    """The entropy source yields only 48 different indexes, to force collisions and new lists."""
    acme = IssuerFixture()
    issuer_store = acme.issuer_store
    lock = threading.Lock()
    source = acme.issuer_context.entropy

    def biased_entropy(size: int) -> bytes:
        with lock:
            drawn = source(size)
        return (int.from_bytes(drawn) % 48).to_bytes(4) if size == 4 else drawn

    issuer_context = replace(acme.issuer_context, issuer_store=Locked(issuer_store), entropy=biased_entropy)
    barrier = threading.Barrier(thread_count)

    def one(_: int) -> Record:
        barrier.wait()
        while True:
            with allow_conflict("busy"):
                return issue.issue(issuer_context, acme.award())

    with ThreadPoolExecutor(thread_count) as pool:
        records = list(pool.map(one, range(thread_count)))
    indexes = [(entry.list_id, entry.index) for record in records for entry in record.entries]
    assert len(set(indexes)) == 2 * thread_count
    assert len({entry.list_id for record in records for entry in record.entries}) > 2
    assert {record.id for record in issuer_store.records("acme")} == {record.id for record in records}
    assert all(acme.report(record).verdict is Verdict.VALID for record in records)


def test_key_rotated_during_issuing_signs(acme: IssuerFixture) -> None:
    class RotatingStore:
        def __getattr__(self, name: str) -> Any:
            return getattr(acme.issuer_store, name)

        def issuer(self, issuer_id: str) -> Issuer:
            acme.clock.advance(timedelta(minutes=5))
            return rotation.rotate_key(acme.issuer_context, issuer_id)

    record = issue.issue(replace(acme.issuer_context, issuer_store=RotatingStore()), acme.award(jwt=True))  # type: ignore[arg-type]
    assert acme.report(record).verdict is Verdict.VALID
    (other,) = batch.issue_many(replace(acme.issuer_context, issuer_store=RotatingStore()), "acme", [acme.award()])  # type: ignore[arg-type]
    assert isinstance(other, Record)
    assert acme.report(other).verdict is Verdict.VALID


# Crashes.


def crash_at_every_call(operation: Any, *, check_and_rerun: Any) -> None:
    """Crash ``operation`` before and after each of its calls in turn, then call ``check_and_rerun``."""
    for at in range(200):
        for after in (False, True):
            acme = IssuerFixture()
            fuse = Fuse(at, after)
            try:
                operation(acme, fuse.build_into(acme.issuer_context))
            except Crash:
                check_and_rerun(acme)
            else:
                assert not fuse.triggered
                assert at > 3
                return
    pytest.fail("no run completed without a crash")


NAME = "a" * 26


def test_issuing_is_atomic_and_can_be_repeated_after_a_crash() -> None:
    def operation(acme: IssuerFixture, issuer_context: IssuerContext) -> None:
        issue.issue(issuer_context, acme.award(credential_id=NAME, jwt=True))

    def check_and_rerun(acme: IssuerFixture) -> None:
        assert_consistent(acme)
        operation(acme, acme.issuer_context)
        assert [record.id for record in acme.issuer_store.records("acme")] == [NAME]
        assert_consistent(acme)

    crash_at_every_call(operation, check_and_rerun=check_and_rerun)


def test_crash_while_opening_new_lists_leaves_no_partial_write() -> None:
    def operation(acme: IssuerFixture, issuer_context: IssuerContext) -> None:
        colliding = CollidingStore(issuer_context.issuer_store, DRAWS)  # type: ignore[arg-type]
        issue.issue(replace(issuer_context, issuer_store=colliding), acme.award(credential_id=NAME))

    def check_and_rerun(acme: IssuerFixture) -> None:
        assert_consistent(acme)
        issue.issue(acme.issuer_context, acme.award(credential_id=NAME))
        assert_consistent(acme)
        assert [record.id for record in acme.issuer_store.records("acme")] == [NAME]

    crash_at_every_call(operation, check_and_rerun=check_and_rerun)


def assert_consistent(acme: IssuerFixture) -> None:
    """Assert that every stored credential is valid, and exactly the indexes of stored credentials are taken."""
    records = list(acme.issuer_store.records("acme"))
    indexes = {(entry.list_id, entry.index) for record in records for entry in record.entries}
    assert set(acme.issuer_store._taken) == indexes
    for record in records:
        report = acme.report(record)
        assert report.verdict is Verdict.VALID
        # These tests do not register the issuer, so check 8 may be unknown.
        unknown = [finding.check for finding in report.findings if finding.outcome is Outcome.UNKNOWN]
        assert unknown in ([], ["issuer"])


def test_id_of_another_credential_is_refused(acme: IssuerFixture) -> None:
    first = acme.issue(credential_id=NAME)
    with pytest.raises(LaurelError) as conflict:
        acme.issue(credential_id=NAME, holder=Holder("Eve"))
    assert conflict.value.code == "id_taken"
    assert acme.issuer_store.record(NAME) == first
