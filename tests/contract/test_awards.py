"""What belongs to a credential: its recipient, its row, its tasks, its successor, and the versions of achievements."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.award import achievements
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import issue, search
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.recipient import Holding, Issued, Recipient
from chalicelib.award.issuing.search import Search
from chalicelib.award.ports import Claim
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Record, State
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Pointer
from chalicelib.dynamo.items.credentials import AchievementItem, RecordItem
from chalicelib.dynamo.stores.idempotency import DynamoClaims
from chalicelib.dynamo.stores.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound
from chalicelib.tasks.task_queue import Task
from tests import fakes
from tests.award.fakes import new_achievement, new_issuer
from tests.contract import nouns
from tests.contract.conftest import Storage

EMAIL = "élan#1%@example.org"


def issued(number: int, issuer_id: str = "north", email: str | None = EMAIL, **changes: object) -> Issued:
    name = f"{chr(ord('a') + number)}" * 26
    at = nouns.NOW + timedelta(seconds=number)
    record = nouns.record(
        name,
        index=number,
        of=nouns.issuer(issuer_id),
        issued_at=at,
        holder_name=f"Ada #{number}",
        achievement_version=3,
        valid_until=at + timedelta(days=9),
        **changes,
    )
    recipient = Recipient(name, issuer_id, record.holder_name, email, "Europe/Berlin", notify=True)
    return Issued(record, recipient, (Task("deliver", issuer_id, name, at),))


def test_a_credential_its_recipient_its_row_and_its_tasks_are_stored_together(storage: Storage):
    one = issued(1, supersedes="z" * 26)
    storage.issuer_store.add_record(*one)
    assert storage.issuer_store.record(one.record.id) == one.record
    assert storage.issuer_store.recipient(one.record.id) == one.recipient
    assert storage.issuer_store.rows("north", None, 9) == [search.row_of(one.record, EMAIL)]
    assert storage.issuer_store.rows_of_email("north", EMAIL) == storage.issuer_store.rows("north", None, 9)
    assert list(storage.issuer_store.holdings(EMAIL)) == [Holding("north", one.record.id)]


def test_tasks_are_written_with_the_credential(tables: Tables):
    one = issued(1)
    DynamoIssuerStore(tables).add_record(*one)
    assert list(DynamoTaskQueue(tables).due(nouns.NOW + timedelta(days=1), 9)) == list(one.tasks)


def test_what_follows_from_a_decision_is_stored_with_it_or_not_at_all(tables: Tables):
    issuer_store, issuer, one = DynamoIssuerStore(tables), nouns.issuer(), nouns.record()
    issuer_store.add_issuer(issuer, nouns.status_lists(issuer))
    issuer_store.add_record(one)
    task = Task("pathways", one.issuer_id, one.id, nouns.NOW)
    issuer_store.replace_status(nouns.revoked(one), [], [task])
    late = nouns.revoked(one, at=nouns.NOW + timedelta(hours=2))
    with pytest.raises(Conflict):
        issuer_store.replace_status(late, [], [replace(task, subject="d" * 26)])
    assert list(DynamoTaskQueue(tables).due(nouns.NOW, 9)) == [task]


def test_rows_are_of_one_tenant_newest_first_and_go_on_where_asked(storage: Storage):
    mine = [issued(number) for number in range(5)]
    for one in (*mine, issued(9, "other")):
        storage.issuer_store.add_record(*one)
    rows = storage.issuer_store.rows("north", None, 9)
    assert [row.credential_id for row in rows] == [one.record.id for one in reversed(mine)]
    assert storage.issuer_store.rows("north", rows[1].place, 2) == rows[2:4]
    assert storage.issuer_store.rows("north", rows[-1].place, 2) == []
    assert [row.credential_id for row in storage.issuer_store.rows_of_email("other", EMAIL)] == ["j" * 26]
    assert {holding.issuer_id for holding in storage.issuer_store.holdings(EMAIL)} == {"north", "other"}


def test_an_address_is_found_whole_only(storage: Storage):
    storage.issuer_store.add_record(*issued(1))
    for other in (EMAIL[:-1], EMAIL + "x", "1%@example.org", ""):
        assert storage.issuer_store.rows_of_email("north", other) == []
        assert list(storage.issuer_store.holdings(other)) == []


def test_a_credential_of_nobody_known_has_a_row_and_no_recipient(storage: Storage):
    record = nouns.record()
    storage.issuer_store.add_record(record)
    assert [row.email for row in storage.issuer_store.rows("north", None, 9)] == [None]
    with pytest.raises(NotFound):
        storage.issuer_store.recipient(record.id)


def test_several_are_stored_and_the_one_that_cannot_be_spoils_none(storage: Storage):
    storage.issuer_store.add_record(*issued(3))
    many = [issued(number) for number in range(25)]
    many[7] = many[7]._replace(record=replace(many[7].record, entries=issued(3).record.entries))
    outcomes = storage.issuer_store.add_records(many)
    codes = [getattr(outcome, "code", None) for outcome in outcomes]
    assert codes == [None] * 7 + ["index_taken"] + [None] * 17
    assert len(storage.issuer_store.rows("north", None, 99)) == 24
    assert storage.issuer_store.add_records(many[8:]) == [None] * 17  # exactly the same again


def test_the_same_id_twice_at_once_is_stored_once(storage: Storage):
    one = issued(1)
    other = one._replace(record=replace(issued(2).record, id=one.record.id))
    codes = [getattr(outcome, "code", None) for outcome in storage.issuer_store.add_records([one, other])]
    assert codes == [None, "id_taken"]
    assert storage.issuer_store.record(one.record.id) == one.record


def test_what_is_large_is_cut_into_transactions_that_fit(storage: Storage):
    large = bytes(300_000)
    many = [issued(number, document=large) for number in range(16)]
    assert storage.issuer_store.add_records(many) == [None] * 16
    assert storage.issuer_store.record("p" * 26).document == large


def test_taken_indexes_are_told(storage: Storage):
    storage.issuer_store.add_record(*issued(3))
    assert storage.issuer_store.taken("north-revocation", range(10)) == {3}
    assert storage.issuer_store.taken("nothing", [3]) == set()


def with_lists(storage: Storage) -> None:
    of = nouns.issuer()
    storage.issuer_store.add_issuer(of, nouns.status_lists(of))


def test_a_new_standing_is_in_the_row(storage: Storage):
    with_lists(storage)
    one = issued(1)
    storage.issuer_store.add_record(*one)
    revocation = storage.issuer_store.status_list("north-revocation")
    storage.issuer_store.replace_status(nouns.revoked(one.record), [nouns.with_bit(revocation, 1)])
    (row,) = storage.issuer_store.rows("north", None, 9)
    assert row == replace(search.row_of(one.record, EMAIL), state=State.REVOKED)


def test_another_tenants_credential_is_not_changed(storage: Storage):
    one = issued(1)
    storage.issuer_store.add_record(*one)
    with pytest.raises(Conflict):
        storage.issuer_store.replace_status(replace(nouns.revoked(one.record), issuer_id="other"), [])
    assert storage.issuer_store.record(one.record.id) == one.record


def replaced(one: Record, by: Record) -> Record:
    return replace(nouns.revoked(one), superseded_by=by.id)


def test_a_credential_and_what_it_replaces_change_together(storage: Storage):
    with_lists(storage)
    old, new = issued(1), issued(2, supersedes="b" * 26)
    storage.issuer_store.add_record(*old)
    bits = nouns.with_bit(storage.issuer_store.status_list("north-revocation"), 1)
    for _ in range(2):  # exactly the same again is harmless
        storage.issuer_store.supersede(replaced(old.record, new.record), [bits], new)
    assert storage.issuer_store.record(new.record.id) == new.record
    assert storage.issuer_store.record(old.record.id) == replaced(old.record, new.record)
    rows = storage.issuer_store.rows("north", None, 9)
    assert [(row.state, row.superseded_by) for row in rows] == [(State.ACTIVE, None), (State.REVOKED, new.record.id)]
    assert storage.issuer_store.status_list("north-revocation") == bits


def test_nothing_is_replaced_when_any_part_cannot_be(storage: Storage):
    with_lists(storage)
    old, third, new = issued(1), issued(3), issued(2)
    for one in (old, third):
        storage.issuer_store.add_record(*one)
    bits = nouns.with_bit(storage.issuer_store.status_list("north-revocation"), 1)
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


def test_every_version_of_an_achievement_is_kept(storage: Storage):
    first = nouns.achievement(valid_days=30, evidence_required=True)
    second = replace(first, name="Welding II", version=2, archived=True, valid_days=None)
    storage.issuer_store.add_achievement(first)
    for _ in range(2):  # exactly the same again is harmless
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


# What was stored before there were versions, rows and recipients.


def without(raw: dict[str, object], *members: str) -> dict[str, object]:
    return {name: value for name, value in raw.items() if name not in members}


def test_an_achievement_without_a_version_is_read_and_revised(tables: Tables):
    issuer_store, old = DynamoIssuerStore(tables), nouns.achievement()
    raw = without(AchievementItem.of(old).raw(), "version", "valid_days", "evidence_required", "archived")
    tables.client.put_item(TableName=tables.credentials, Item=raw)
    assert issuer_store.achievement("north", old.id) == old
    assert list(issuer_store.achievement_versions("north", old.id)) == [old]
    second = replace(old, name="Welding II", version=2)
    issuer_store.replace_achievement(old, second)
    assert list(issuer_store.achievement_versions("north", old.id)) == [old, second]


def test_a_credential_from_before_rows_is_read_listed_and_decided_about(tables: Tables):
    issuer_store, of = DynamoIssuerStore(tables), nouns.issuer()
    issuer_store.add_issuer(of, nouns.status_lists(of))
    document = (
        b'{"validUntil":"2027-01-31T00:00:00Z","credentialSubject":{"identifier":'
        b'[{"identityType":"name","identityHash":"Ada"}]}}'
    )
    old = nouns.record(document=document)
    members = ("holder_name", "achievement_version", "valid_until", "supersedes", "superseded_by")
    tables.client.put_item(TableName=tables.credentials, Item=without(RecordItem.of(old).raw(), *members))
    row = Pointer(*keys.row("north", old.issued_at, old.id), target=old.id).raw()
    tables.client.put_item(TableName=tables.credentials, Item=row)

    read = replace(old, holder_name="Ada", valid_until=datetime(2027, 1, 31, tzinfo=UTC))
    assert issuer_store.record(old.id) == read
    assert list(issuer_store.records("north")) == [read]
    assert issuer_store.rows("north", None, 9) == [search.row_of(read, None)]
    issuer_store.replace_status(nouns.revoked(read), [nouns.with_bit(issuer_store.status_list("north-revocation"), 7)])
    assert [row.state for row in issuer_store.rows("north", None, 9)] == [State.REVOKED]


# Claims.


@pytest.fixture(params=["fake", "real"])
def claims(request: pytest.FixtureRequest):
    return fakes.Claims() if request.param == "fake" else DynamoClaims(request.getfixturevalue("tables"))


def claim(credential_id: str = "a", **changes: object) -> Claim:
    expires = nouns.NOW.replace(microsecond=0) + timedelta(hours=48)
    return replace(Claim("north", "key #1", b"\x00" * 32, credential_id, expires), **changes)


def test_the_first_claim_stands_until_it_expires(claims):
    first = claim()
    assert claims.claim(first, nouns.NOW) == first
    assert claims.claim(claim("b", request=b"\x01" * 32), nouns.NOW) == first
    late = nouns.NOW + timedelta(hours=49)
    fresh = claim("c", expires=first.expires + timedelta(hours=49))
    assert claims.claim(fresh, late) == fresh
    assert claims.claim(claim("d"), late) == fresh


def test_a_key_is_its_tenants(claims):
    assert claims.claim(claim("a"), nouns.NOW).credential_id == "a"
    assert claims.claim(claim("b", issuer_id="other"), nouns.NOW).credential_id == "b"
    assert claims.claim(claim("c", issuer_id="north#key", key="1"), nouns.NOW).credential_id == "c"


# Many at once.


def awarding_on(tables: Tables) -> tuple[IssuerContext, Achievement]:
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)
    issuer_context = IssuerContext(
        DynamoIssuerStore(tables), fakes.Signer(), "http://localhost:8000", lambda: at, random.Random(3).randbytes
    )
    issuer_actions.create(issuer_context, new_issuer())
    return issuer_context, achievements.add(issuer_context, new_achievement())


def test_sixty_four_workers_that_issue_at_once_never_take_an_index_twice(tables: Tables):
    """Their randomness is bad on purpose: 256 indexes to draw from, so that they meet."""
    issuer_context, achievement = awarding_on(tables)
    source = random.Random(5).randbytes

    def poor(size: int) -> bytes:
        return (int.from_bytes(source(4)) % 256).to_bytes(4) if size == 4 else source(size)

    issuer_context = replace(issuer_context, entropy=poor)

    def work(worker: int) -> list[object]:
        holders = [Holder(f"Ada {worker}-{number}", "ada@example.org") for number in range(3)]
        awards = [Award("acme", achievement.id, holder) for holder in holders]
        if worker % 2:
            return list(issue.issue_many(issuer_context, "acme", awards))
        return [issue.issue(issuer_context, award) for award in awards]

    with ThreadPoolExecutor(64) as pool:
        records = [record for made in pool.map(work, range(64)) for record in made]
    assert all(isinstance(record, Record) for record in records)
    places = [(entry.list_id, entry.index) for record in records for entry in record.entries]
    assert len(set(places)) == len(places) == 2 * 3 * 64
    assert {record.id for record in issuer_context.issuer_store.records("acme")} == {record.id for record in records}
    page = search.page(issuer_context.issuer_store, "acme", Search(email="ADA@example.org"), None, 100)
    assert (len(page.rows), page.next is None) == (100, False)


def test_many_issued_again_are_the_same(tables: Tables):
    issuer_context, achievement = awarding_on(tables)
    awards = [
        Award("acme", achievement.id, Holder(f"Ada {number}"), credential_id=f"{chr(97 + number)}" * 26)
        for number in range(26)
    ]
    first = issue.issue_many(issuer_context, "acme", awards[:20])
    assert issue.issue_many(issuer_context, "acme", awards)[:20] == first
    assert len(issuer_context.issuer_store.rows("acme", None, 99)) == 26
