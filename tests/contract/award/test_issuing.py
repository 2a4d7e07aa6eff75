"""Credentials with their recipients, rows, tasks and replacements; achievement versions; idempotency claims."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.award import achievements
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import batch, issue, search
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.recipient import Issued, Recipient
from chalicelib.award.issuing.search import Search
from chalicelib.award.ports import Claim
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Record, State
from chalicelib.dynamo.items.credentials import RecordItem
from chalicelib.dynamo.items.issuers import AchievementItem
from chalicelib.dynamo.stores.award.idempotency import DynamoClaims
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.counters import DynamoCounters
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound
from chalicelib.tasks.task_queue import Task
from tests import fakes
from tests.award.fakes import new_achievement, new_issuer
from tests.contract import samples
from tests.contract.conftest import Storage

EMAIL = "élan#1%@example.org"


def issued(number: int, issuer_id: str = "north", email: str | None = EMAIL, **changes: object) -> Issued:
    name = f"{chr(ord('a') + number)}" * 26
    at = samples.NOW + timedelta(seconds=number)
    record = samples.record(
        name,
        index=number,
        of=samples.issuer(issuer_id),
        issued_at=at,
        holder_name=f"Ada #{number}",
        achievement_version=3,
        valid_until=at + timedelta(days=9),
        **changes,
    )
    recipient = Recipient(name, issuer_id, record.holder_name, email, "Europe/Berlin", notify=True)
    return Issued(record, recipient, (Task("deliver", issuer_id, name, at),))


def test_credential_recipient_row_and_tasks_are_stored_together(storage: Storage):
    one = issued(1, supersedes="z" * 26)
    storage.issuer_store.add_record(*one)
    assert storage.issuer_store.record(one.record.id) == one.record
    assert storage.issuer_store.recipient(one.record.id) == one.recipient
    assert storage.issuer_store.rows("north", None, 9) == [search.row_of(one.record, one.recipient)]
    assert storage.issuer_store.rows_of_email("north", EMAIL) == storage.issuer_store.rows("north", None, 9)
    assert storage.issuer_store.holdings("north", EMAIL, None, 9) == [search.Place(one.record.issued_at, one.record.id)]
    assert storage.issuer_store.holder_issuers(EMAIL, None, 9) == ["north"]


def test_tasks_are_stored_with_the_credential(tables: Tables):
    one = issued(1)
    DynamoIssuerStore(tables).add_record(*one)
    assert list(DynamoTaskQueue(tables).due(samples.NOW + timedelta(days=1), 9)) == list(one.tasks)


def test_status_change_and_its_tasks_are_stored_in_one_transaction(tables: Tables):
    issuer_store, issuer, one = DynamoIssuerStore(tables), samples.issuer(), samples.record()
    issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    issuer_store.add_record(one)
    task = Task("pathways", one.issuer_id, one.id, samples.NOW)
    issuer_store.replace_status(samples.revoked(one), [], [task])
    late = samples.revoked(one, at=samples.NOW + timedelta(hours=2))
    with pytest.raises(Conflict):
        issuer_store.replace_status(late, [], [replace(task, subject="d" * 26)])
    assert list(DynamoTaskQueue(tables).due(samples.NOW, 9)) == [task]


def test_rows_belong_to_one_issuer_newest_first_and_are_paginated(storage: Storage):
    mine = [issued(number) for number in range(5)]
    for one in (*mine, issued(9, "other")):
        storage.issuer_store.add_record(*one)
    rows = storage.issuer_store.rows("north", None, 9)
    assert [row.credential_id for row in rows] == [one.record.id for one in reversed(mine)]
    assert storage.issuer_store.rows("north", rows[1].place, 2) == rows[2:4]
    assert storage.issuer_store.rows("north", rows[-1].place, 2) == []
    assert [row.credential_id for row in storage.issuer_store.rows_of_email("other", EMAIL)] == ["j" * 26]
    assert storage.issuer_store.holder_issuers(EMAIL, None, 9) == ["north", "other"]


def test_issuers_of_a_holder_are_listed_in_pages_whatever_each_has_issued(storage: Storage):
    for number, issuer_id in enumerate(("north", "north", "north", "north-east", "other", "other", "nort")):
        storage.issuer_store.add_record(*issued(number, issuer_id))
    assert storage.issuer_store.holder_issuers(EMAIL, None, 9) == ["nort", "north", "north-east", "other"]
    assert storage.issuer_store.holder_issuers(EMAIL, None, 2) == ["nort", "north"]
    assert storage.issuer_store.holder_issuers(EMAIL, "north", 2) == ["north-east", "other"]
    assert storage.issuer_store.holder_issuers(EMAIL, "other", 2) == []


def test_holdings_of_one_issuer_are_paged_newest_first(storage: Storage):
    mine = [issued(number) for number in range(5)]
    for one in (*mine, issued(9, "other")):
        storage.issuer_store.add_record(*one)
    newest_first = [search.Place(one.record.issued_at, one.record.id) for one in reversed(mine)]
    assert storage.issuer_store.holdings("north", EMAIL, None, 9) == newest_first
    assert storage.issuer_store.holdings("north", EMAIL, None, 2) == newest_first[:2]
    assert storage.issuer_store.holdings("north", EMAIL, newest_first[1], 2) == newest_first[2:4]
    assert storage.issuer_store.holdings("north", EMAIL, newest_first[4], 2) == []


def test_email_address_must_match_exactly(storage: Storage):
    storage.issuer_store.add_record(*issued(1))
    for other in (EMAIL[:-1], EMAIL + "x", "1%@example.org", ""):
        assert storage.issuer_store.rows_of_email("north", other) == []
        assert storage.issuer_store.holdings("north", other, None, 9) == []
        assert storage.issuer_store.holder_issuers(other, None, 9) == []


def test_credential_without_recipient_has_a_row(storage: Storage):
    record = samples.record()
    storage.issuer_store.add_record(record)
    assert [row.email for row in storage.issuer_store.rows("north", None, 9)] == [None]
    with pytest.raises(NotFound):
        storage.issuer_store.recipient(record.id)


def test_recipients_that_exist_are_read_together(storage: Storage):
    some = [issued(number) for number in range(3)]
    for one in some:
        storage.issuer_store.add_record(*one)
    wanted = [one.record.id for one in some]
    found = storage.issuer_store.recipients([*wanted, "z" * 26, wanted[0]])
    assert list(found) == sorted((one.recipient for one in some if one.recipient), key=lambda one: one.credential_id)


def test_credentials_that_exist_are_read_together(storage: Storage):
    some = [issued(number) for number in range(3)]
    for one in some:
        storage.issuer_store.add_record(*one)
    wanted = [one.record.id for one in some]
    found = storage.issuer_store.records_by_id([*wanted, "z" * 26, wanted[0]])
    assert found == {one.record.id: one.record for one in some}
    assert storage.issuer_store.records_by_id([]) == {}


def test_one_refused_credential_does_not_affect_the_others_in_the_batch(storage: Storage):
    storage.issuer_store.add_record(*issued(3))
    many = [issued(number) for number in range(25)]
    many[7] = many[7]._replace(record=replace(many[7].record, entries=issued(3).record.entries))
    outcomes = storage.issuer_store.add_records(many)
    codes = [getattr(outcome, "code", None) for outcome in outcomes]
    assert codes == [None] * 7 + ["index_taken"] + [None] * 17
    assert len(storage.issuer_store.rows("north", None, 99)) == 24
    assert storage.issuer_store.add_records(many[8:]) == [None] * 17  # identical writes are idempotent


def test_duplicate_id_in_a_batch_is_stored_once(storage: Storage):
    one = issued(1)
    other = one._replace(record=replace(issued(2).record, id=one.record.id))
    codes = [getattr(outcome, "code", None) for outcome in storage.issuer_store.add_records([one, other])]
    assert codes == [None, "id_taken"]
    assert storage.issuer_store.record(one.record.id) == one.record


def test_large_batch_is_split_into_several_transactions(storage: Storage):
    large = bytes(300_000)
    many = [issued(number, document=large) for number in range(16)]
    assert storage.issuer_store.add_records(many) == [None] * 16
    assert storage.issuer_store.record("p" * 26).document == large


def test_taken_indexes_are_returned(storage: Storage):
    storage.issuer_store.add_record(*issued(3))
    assert storage.issuer_store.taken("north-revocation", range(10)) == {3}
    assert storage.issuer_store.taken("nothing", [3]) == set()


def add_issuer_with_lists(storage: Storage) -> None:
    of = samples.issuer()
    storage.issuer_store.add_issuer(of, samples.status_lists(of))


def test_status_change_updates_the_row(storage: Storage):
    add_issuer_with_lists(storage)
    one = issued(1)
    storage.issuer_store.add_record(*one)
    revocation = storage.issuer_store.status_list("north-revocation")
    revoked = samples.revoked(one.record)
    storage.issuer_store.replace_status(revoked, [samples.with_bit(revocation, 1)])
    (row,) = storage.issuer_store.rows("north", None, 9)
    before = search.row_of(one.record, one.recipient)
    assert row == replace(before, state=State.REVOKED, revoked_at=revoked.status.at)


def test_credential_of_another_issuer_is_not_changed(storage: Storage):
    one = issued(1)
    storage.issuer_store.add_record(*one)
    with pytest.raises(Conflict):
        storage.issuer_store.replace_status(replace(samples.revoked(one.record), issuer_id="other"), [])
    assert storage.issuer_store.record(one.record.id) == one.record


def replaced(one: Record, by: Record) -> Record:
    return replace(samples.revoked(one), superseded_by=by.id, corrected=True)


def test_replacement_and_replaced_credential_change_together(storage: Storage):
    add_issuer_with_lists(storage)
    old, new = issued(1), issued(2, supersedes="b" * 26)
    storage.issuer_store.add_record(*old)
    bits = samples.with_bit(storage.issuer_store.status_list("north-revocation"), 1)
    for _ in range(2):  # an identical write is idempotent
        storage.issuer_store.supersede(replaced(old.record, new.record), [bits], new)
    assert storage.issuer_store.record(new.record.id) == new.record
    assert storage.issuer_store.record(old.record.id) == replaced(old.record, new.record)
    rows = storage.issuer_store.rows("north", None, 9)
    assert [(row.state, row.superseded_by) for row in rows] == [(State.ACTIVE, None), (State.REVOKED, new.record.id)]
    assert storage.issuer_store.status_list("north-revocation") == bits


def test_list_says_that_a_credential_was_corrected_or_renewed(storage: Storage):
    """Every attribute of a row follows its record, so the list and the credential's page agree."""
    add_issuer_with_lists(storage)
    olds, news = [issued(1), issued(2)], [issued(3), issued(4)]
    for old in olds:
        storage.issuer_store.add_record(*old)
    corrected = replaced(olds[0].record, news[0].record)
    renewed = replace(olds[1].record, superseded_by=news[1].record.id, version=2)
    storage.issuer_store.supersede(corrected, [], news[0])
    storage.issuer_store.supersede(renewed, [], news[1])
    rows = {row.credential_id: row for row in storage.issuer_store.rows("north", None, 9)}
    assert rows[corrected.id] == search.row_of(corrected, olds[0].recipient)
    assert rows[renewed.id] == search.row_of(renewed, olds[1].recipient)
    assert (rows[corrected.id].corrected, rows[renewed.id].corrected) == (True, False)


def test_replacement_is_atomic(storage: Storage):
    add_issuer_with_lists(storage)
    old, third, new = issued(1), issued(3), issued(2)
    for one in (old, third):
        storage.issuer_store.add_record(*one)
    bits = samples.with_bit(storage.issuer_store.status_list("north-revocation"), 1)
    taken = new._replace(record=replace(new.record, entries=third.record.entries))
    attempts = (
        ("index_taken", replaced(old.record, new.record), bits, taken),
        ("id_taken", replaced(old.record, third.record), bits, Issued(replace(new.record, id=third.record.id))),
        ("conflict", replaced(old.record, new.record), replace(bits, version=7), new),
        ("conflict", replace(replaced(old.record, new.record), version=7), bits, new),
    )
    for code, before, lists, one in attempts:
        with pytest.raises(Conflict) as caught:
            storage.issuer_store.supersede(before, [lists], one)
        assert caught.value.code == code
    assert storage.issuer_store.record(old.record.id) == old.record
    assert len(storage.issuer_store.rows("north", None, 9)) == 2
    assert storage.issuer_store.status_list("north-revocation").version == 1


def test_every_achievement_version_is_kept(storage: Storage):
    first = samples.achievement(valid_days=30, evidence_required=True)
    second = replace(first, name="Welding II", version=2, archived=True, valid_days=None)
    storage.issuer_store.add_achievement(first)
    for _ in range(2):  # an identical write is idempotent
        storage.issuer_store.replace_achievement(first, second)
    assert storage.issuer_store.achievement("north", first.id) == second
    assert list(storage.issuer_store.achievements("north")) == [second]
    assert list(storage.issuer_store.achievement_versions("north", first.id)) == [first, second]
    assert storage.issuer_store.achievement_version("north", first.id, 1) == first
    for version, of in ((3, "north"), (1, "other")):
        with pytest.raises(NotFound):
            storage.issuer_store.achievement_version(of, first.id, version)
    with pytest.raises(Conflict):
        storage.issuer_store.replace_achievement(first, replace(first, name="Late", version=2))
    with pytest.raises(Conflict):
        storage.issuer_store.replace_achievement(replace(first, id="new"), replace(first, id="new", version=2))


# Items stored by releases without versions, rows and recipients.


def without(raw: dict[str, object], *members: str) -> dict[str, object]:
    return {name: value for name, value in raw.items() if name not in members}


def test_stored_achievement_without_version_can_be_read_and_revised(tables: Tables):
    issuer_store, old = DynamoIssuerStore(tables), samples.achievement()
    raw = without(AchievementItem.of(old).raw(), "version", "valid_days", "evidence_required", "archived")
    tables.client.put_item(TableName=tables.credentials, Item=raw)
    assert issuer_store.achievement("north", old.id) == old
    assert list(issuer_store.achievement_versions("north", old.id)) == [old]
    second = replace(old, name="Welding II", version=2)
    issuer_store.replace_achievement(old, second)
    assert list(issuer_store.achievement_versions("north", old.id)) == [old, second]


def test_stored_credential_without_optional_members_can_be_read(tables: Tables):
    issuer_store, of = DynamoIssuerStore(tables), samples.issuer()
    issuer_store.add_issuer(of, samples.status_lists(of))
    document = (
        b'{"validUntil":"2027-01-31T00:00:00Z","credentialSubject":{"identifier":'
        b'[{"identityType":"name","identityHash":"Ada"}]}}'
    )
    old = samples.record(document=document)
    members = ("holder_name", "achievement_version", "valid_until", "supersedes", "superseded_by")
    tables.client.put_item(TableName=tables.credentials, Item=without(RecordItem.of(old).raw(), *members))

    read = replace(old, holder_name="Ada", valid_until=datetime(2027, 1, 31, tzinfo=UTC))
    assert issuer_store.record(old.id) == read


# Idempotency claims.


@pytest.fixture(params=["fake", "real"])
def claims(request: pytest.FixtureRequest):
    return fakes.Claims() if request.param == "fake" else DynamoClaims(request.getfixturevalue("tables"))


def claim(credential_id: str = "a", **changes: object) -> Claim:
    expires = samples.NOW.replace(microsecond=0) + timedelta(hours=48)
    return replace(Claim("north", "key #1", b"\x00" * 32, credential_id, expires), **changes)


def test_first_claim_is_returned_until_it_expires(claims):
    first = claim()
    assert claims.claim(first, samples.NOW) == first
    assert claims.claim(claim("b", request=b"\x01" * 32), samples.NOW) == first
    late = samples.NOW + timedelta(hours=49)
    fresh = claim("c", expires=first.expires + timedelta(hours=49))
    assert claims.claim(fresh, late) == fresh
    assert claims.claim(claim("d"), late) == fresh


def test_only_one_request_takes_over_a_claim(claims):
    first = claims.claim(claim(), samples.NOW)
    second, third = (claim(request=bytes([number]) * 32, version=2) for number in (1, 2))
    assert claims.take_over(first, second) == second
    assert claims.take_over(first, third) == second
    assert claims.claim(claim("b"), samples.NOW) == second


def test_idempotency_keys_of_different_issuers_are_separate(claims):
    assert claims.claim(claim("a"), samples.NOW).credential_id == "a"
    assert claims.claim(claim("b", issuer_id="other"), samples.NOW).credential_id == "b"
    assert claims.claim(claim("c", issuer_id="north#key", key="1"), samples.NOW).credential_id == "c"


# Concurrency.


def issuing_context(tables: Tables) -> tuple[IssuerContext, Achievement]:
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)
    issuer_context = IssuerContext(
        DynamoIssuerStore(tables),
        fakes.Signer(),
        "http://localhost:8000",
        lambda: at,
        random.Random(3).randbytes,
        fakes.KEY_POLICY,
        DynamoCounters(tables),
    )
    issuer_actions.create(issuer_context, new_issuer(), registered=True)
    return issuer_context, achievements.add(issuer_context, new_achievement())


def test_64_concurrent_workers_never_share_an_index(tables: Tables):
    """The entropy source yields only 256 different indexes, to force collisions."""
    issuer_context, achievement = issuing_context(tables)
    source = random.Random(5).randbytes

    def biased_entropy(size: int) -> bytes:
        return (int.from_bytes(source(4)) % 256).to_bytes(4) if size == 4 else source(size)

    issuer_context = replace(issuer_context, entropy=biased_entropy)

    def work(worker: int) -> list[object]:
        holders = [Holder(f"Ada {worker}-{number}", "ada@example.org") for number in range(3)]
        awards = [Award("acme", achievement.id, holder) for holder in holders]
        if worker % 2:
            return list(batch.issue_many(issuer_context, "acme", awards))
        return [issue.issue(issuer_context, award) for award in awards]

    with ThreadPoolExecutor(64) as pool:
        records = [record for made in pool.map(work, range(64)) for record in made]
    assert all(isinstance(record, Record) for record in records)
    indexes = [(entry.list_id, entry.index) for record in records for entry in record.entries]
    assert len(set(indexes)) == len(indexes) == 2 * 3 * 64
    assert {record.id for record in issuer_context.issuer_store.records("acme")} == {record.id for record in records}
    page = search.page(issuer_context.issuer_store, "acme", Search(email="ADA@example.org"), None, 100)
    assert (len(page.rows), page.next is None) == (100, False)


def test_bulk_issuing_is_idempotent(tables: Tables):
    issuer_context, achievement = issuing_context(tables)
    awards = [
        Award("acme", achievement.id, Holder(f"Ada {number}"), credential_id=f"{chr(97 + number)}" * 26)
        for number in range(26)
    ]
    first = batch.issue_many(issuer_context, "acme", awards[:20])
    assert batch.issue_many(issuer_context, "acme", awards)[:20] == first
    assert len(issuer_context.issuer_store.rows("acme", None, 99)) == 26
