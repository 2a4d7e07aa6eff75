"""Issuing: a free place in the status lists, and nothing half-issued whatever dies."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import (
    issue,
    status_changes,
    status_lists,
    storing,
)
from chalicelib.award.issuing.storing import DRAWS, PAIRS
from chalicelib.credential.build import Holder
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, LaurelError
from chalicelib.verify.report import Outcome, Verdict
from tests.award.fakes import Crash, Fuse, House, Locked, unless_done
from tests.fakes import IssuerStore


@given(drawn=st.binary(min_size=4, max_size=4))
@settings(max_examples=200, deadline=None)
def test_every_draw_is_a_place_in_the_list(drawn: bytes) -> None:
    assert 0 <= storing.draw(replace(HOUSE.issuer_context, entropy=lambda _: drawn)) < 131_072


def test_a_credential_has_the_same_place_in_both_lists(house: House) -> None:
    revocation, suspension = house.issue().entries
    assert revocation.index == suspension.index


@given(low=st.integers(0, 2**17 - 1), high=st.integers(0, 2**15 - 1))
@settings(max_examples=200, deadline=None)
def test_no_place_is_likelier_than_another(low: int, high: int) -> None:
    """Each place is drawn by as many of the 2^32 values: one for each of the 2^15 settings of the other bits."""
    value = high << 17 | low
    issuer_context = replace(HOUSE.issuer_context, entropy=lambda _: value.to_bytes(4))
    assert storing.draw(issuer_context) == low


HOUSE = House()


class Crowded:
    """A ledger in which the first ``collisions`` places drawn are another's."""

    def __init__(self, issuer_store: IssuerStore, collisions: int) -> None:
        self._ledger, self._left = issuer_store, collisions
        self.tried: list[Record] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def add_record(self, record: Record, *around: Any) -> None:
        self.tried.append(record)
        if self._left:
            self._left -= 1
            raise Conflict("taken", code="index_taken")
        self._ledger.add_record(record, *around)


@given(collisions=st.integers(0, DRAWS * PAIRS))
@settings(max_examples=30, deadline=None)
def test_a_new_pair_of_lists_is_opened_after_eight_collisions_in_a_row(collisions: int) -> None:
    house = House()
    crowded = Crowded(house.issuer_store, collisions)
    issuer_context = replace(house.issuer_context, issuer_store=crowded)
    if collisions == DRAWS * PAIRS:
        with pytest.raises(Conflict) as conflict:
            issue.issue(issuer_context, house.award())
        assert conflict.value.code == "busy"
        return
    record = issue.issue(issuer_context, house.award())
    pairs = [tuple(entry.list_id for entry in each.entries) for each in crowded.tried]
    assert len(set(pairs)) == 1 + collisions // DRAWS
    assert len(crowded.tried) == collisions + 1
    issuer = house.issuer_store.issuer("acme")
    assert pairs[-1] == (issuer.revocation_list, issuer.suspension_list)
    assert house.report(record).verdict is Verdict.VALID


def test_each_draw_is_signed_anew_under_the_same_id(house: House) -> None:
    crowded = Crowded(house.issuer_store, 3)
    issue.issue(replace(house.issuer_context, issuer_store=crowded), house.award())
    assert len({record.id for record in crowded.tried}) == 1
    assert len({record.document for record in crowded.tried}) == 4


def test_when_somebody_else_opens_the_next_pair_first_theirs_is_used(house: House) -> None:
    class Beaten(Crowded):
        def replace_issuer(self, issuer: Issuer, lists: Any) -> None:
            opened, pair = status_lists.open_pair(house.issuer_context, replace(issuer), house.issuer_context.now())
            house.issuer_store.replace_issuer(opened, pair)
            raise Conflict("another was first")

    record = issue.issue(replace(house.issuer_context, issuer_store=Beaten(house.issuer_store, DRAWS)), house.award())
    issuer = house.issuer_store.issuer("acme")
    assert issuer.version == 2
    assert [entry.list_id for entry in record.entries] == [issuer.revocation_list, issuer.suspension_list]


def test_credentials_in_an_older_pair_can_still_be_withdrawn(house: House) -> None:
    old = house.issue()
    issue.issue(replace(house.issuer_context, issuer_store=Crowded(house.issuer_store, DRAWS)), house.award())
    assert house.issuer_store.issuer("acme").revocation_list != old.entries[0].list_id
    status_changes.revoke(house.issuer_context, "acme", old.id)
    assert house.report(old).verdict is Verdict.REVOKED


@pytest.mark.parametrize("crowd", [64])
def test_64_threads_never_take_a_place_twice(crowd: int) -> None:
    """Their randomness is bad on purpose: 48 places to draw from, so that they collide and have to open new lists."""
    house = House()
    issuer_store = house.issuer_store
    lock = threading.Lock()
    source = house.issuer_context.entropy

    def poor(size: int) -> bytes:
        with lock:
            drawn = source(size)
        return (int.from_bytes(drawn) % 48).to_bytes(4) if size == 4 else drawn

    issuer_context = replace(house.issuer_context, issuer_store=Locked(issuer_store), entropy=poor)
    barrier = threading.Barrier(crowd)

    def one(_: int) -> Record:
        barrier.wait()
        while True:
            with unless_done("busy"):
                return issue.issue(issuer_context, house.award())

    with ThreadPoolExecutor(crowd) as pool:
        records = list(pool.map(one, range(crowd)))
    places = [(entry.list_id, entry.index) for record in records for entry in record.entries]
    assert len(set(places)) == 2 * crowd
    assert len({entry.list_id for record in records for entry in record.entries}) > 2
    assert {record.id for record in issuer_store.records("acme")} == {record.id for record in records}
    assert all(house.report(record).verdict is Verdict.VALID for record in records)


def test_a_key_that_is_made_while_it_is_being_issued_signs_from_then_on(house: House) -> None:
    class Rotating:
        def __getattr__(self, name: str) -> Any:
            return getattr(house.issuer_store, name)

        def issuer(self, issuer_id: str) -> Issuer:
            house.clock.advance(timedelta(minutes=5))
            return issuer_actions.rotate_key(house.issuer_context, issuer_id)

    record = issue.issue(replace(house.issuer_context, issuer_store=Rotating()), house.award(jwt=True))  # type: ignore[arg-type]
    assert house.report(record).verdict is Verdict.VALID
    (other,) = issue.issue_many(replace(house.issuer_context, issuer_store=Rotating()), "acme", [house.award()])  # type: ignore[arg-type]
    assert isinstance(other, Record)
    assert house.report(other).verdict is Verdict.VALID


# Crashes.


def every_crash(act: Any, *, settle: Any) -> None:
    """Let ``act`` die before and after each of its calls in turn, and hand what is left to ``settle``."""
    for at in range(200):
        for after in (False, True):
            house = House()
            fuse = Fuse(at, after)
            try:
                act(house, fuse.build_into(house.issuer_context))
            except Crash:
                settle(house)
            else:
                assert not fuse.burnt
                assert at > 3
                return
    pytest.fail("the fuse never outlasted the act")


NAME = "a" * 26


def test_whenever_issuing_dies_the_credential_is_there_whole_or_not_at_all_and_a_rerun_completes_it() -> None:
    def act(house: House, issuer_context: IssuerContext) -> None:
        issue.issue(issuer_context, house.award(credential_id=NAME, jwt=True))

    def settle(house: House) -> None:
        assert_consistent(house)
        act(house, house.issuer_context)
        assert [record.id for record in house.issuer_store.records("acme")] == [NAME]
        assert_consistent(house)

    every_crash(act, settle=settle)


def test_whenever_issuing_dies_while_it_opens_new_lists_nothing_is_left_half_done() -> None:
    def act(house: House, issuer_context: IssuerContext) -> None:
        crowded = Crowded(issuer_context.issuer_store, DRAWS)  # type: ignore[arg-type]
        issue.issue(replace(issuer_context, issuer_store=crowded), house.award(credential_id=NAME))

    def settle(house: House) -> None:
        assert_consistent(house)
        issue.issue(house.issuer_context, house.award(credential_id=NAME))
        assert_consistent(house)
        assert [record.id for record in house.issuer_store.records("acme")] == [NAME]

    every_crash(act, settle=settle)


def assert_consistent(house: House) -> None:
    """Every stored credential is valid and has its places; no place is held by a credential that is not there."""
    records = list(house.issuer_store.records("acme"))
    places = {(entry.list_id, entry.index) for record in records for entry in record.entries}
    assert set(house.issuer_store._taken) == places
    for record in records:
        report = house.report(record)
        assert report.verdict is Verdict.VALID
        # Whether a domain names the issuer is no matter of issuing.
        unknown = [finding.check for finding in report.findings if finding.outcome is Outcome.UNKNOWN]
        assert unknown in ([], ["issuer"])


def test_an_id_that_is_another_credential_s_is_not_taken_from_it(house: House) -> None:
    first = house.issue(credential_id=NAME)
    with pytest.raises(LaurelError) as conflict:
        house.issue(credential_id=NAME, holder=Holder("Eve"))
    assert conflict.value.code == "id_taken"
    assert house.issuer_store.record(NAME) == first
