"""Members, tokens, sessions, links and counters, on the fakes and on the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any

import pytest

from chalicelib.access import members, tokens
from chalicelib.access.access_context import AccessContext
from chalicelib.access.models import (
    Link,
    Member,
    Membership,
    Session,
    Token,
)
from chalicelib.access.ports import MemberStore, SessionStore
from chalicelib.access.roles import Role
from chalicelib.access.sign_in import known
from chalicelib.award.ports import IssuerStore
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.access.members import DynamoMemberStore
from chalicelib.dynamo.stores.access.sessions import DynamoSessionStore
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound, Unauthenticated, Unavailable
from tests import aws_calls, fakes
from tests.access import fakes as access
from tests.contract import samples

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HASH = "a#b%23/ü"
"""An id with the separators of keys, to test escaping."""


@dataclass(frozen=True)
class AccessStorage:
    """One implementation of the member and session ports, with an issuer store over the same data."""

    member_store: MemberStore
    session_store: SessionStore
    issuer_store: IssuerStore

    @property
    def access_context(self) -> AccessContext:
        return AccessContext(
            member_store=self.member_store,
            session_store=self.session_store,
            mailer=access.Mailer,
            base_url="http://localhost",
            operators=frozenset(),
            clock=lambda: NOW,
            entropy=token_bytes,
        )


@pytest.fixture
def fake_access_storage() -> AccessStorage:
    issuer_store = fakes.IssuerStore()
    return AccessStorage(issuer_store.member_store, access.SessionStore(), issuer_store)


@pytest.fixture
def real_access_storage(tables: Tables) -> AccessStorage:
    return AccessStorage(DynamoMemberStore(tables), DynamoSessionStore(tables), DynamoIssuerStore(tables))


@pytest.fixture(params=["fake_access_storage", "real_access_storage"])
def access_storage(request: pytest.FixtureRequest) -> AccessStorage:
    return request.getfixturevalue(request.param)


def member(email: str = "ada@example.org", role: Role = Role.OWNER, issuer_id: str = "north") -> Member:
    return Member(issuer_id, email, role, NOW)


def token(token_id: str = "t" * 16, issuer_id: str | None = "north", **changes: object) -> Token:
    role = None if issuer_id is None else Role.EDITOR
    return replace(Token(token_id, issuer_id, role, "Moodle", "d" * 64, NOW, "ada@example.org"), **changes)  # type: ignore[arg-type]


def session(session_id: str = "s1", email: str = "ada@example.org") -> Session:
    return Session(session_id, email, "c" * 32, NOW, NOW, NOW + timedelta(hours=12))


LINK = Link("d" * 64, "b" * 64, "ada@example.org", "/console", NOW + timedelta(minutes=15))


def test_members_are_listed_by_issuer_and_by_email(access_storage: AccessStorage) -> None:
    for issuer_id in ("north", HASH):
        for email in ("bo@example.org", "ada@example.org", "a#b%23@example.org"):
            members.add(access_storage.access_context, issuer_id, email, Role.OWNER)
        emails = [each.email for each in access_storage.member_store.members(issuer_id)]
        assert emails == ["a#b%23@example.org", "ada@example.org", "bo@example.org"]
    assert set(members.issuers_of(access_storage.access_context, "ada@example.org")) == {HASH, "north"}
    assert access_storage.member_store.member("north", "ada@example.org") == member()
    for issuer_id, email in (("north", "eve@example.org"), ("nor", "ada@example.org"), ("north", "ada")):
        with pytest.raises(NotFound):
            access_storage.member_store.member(issuer_id, email)


def test_role_change_and_removal_update_the_membership(access_storage: AccessStorage) -> None:
    members.add(access_storage.access_context, "north", "ada@example.org", Role.OWNER)
    members.add(access_storage.access_context, "north", "bo@example.org", Role.VIEWER)
    assert access_storage.member_store.membership("north").version == 2
    members.change(access_storage.access_context, "north", "bo@example.org", Role.EDITOR)
    assert access_storage.member_store.member("north", "bo@example.org").role is Role.EDITOR
    members.remove(access_storage.access_context, "north", "bo@example.org")
    assert members.issuers_of(access_storage.access_context, "bo@example.org") == []
    membership = access_storage.member_store.membership("north")
    assert (membership.owners, membership.members, membership.version) == (1, 1, 4)
    assert access_storage.member_store.membership("south") == Membership("south")


def test_stale_member_writes_conflict(access_storage: AccessStorage) -> None:
    members.add(access_storage.access_context, "north", "ada@example.org", Role.OWNER)
    late = replace(access_storage.member_store.membership("north"), owners=2, members=2, version=1, last="late")
    for membership in (late, replace(late, version=3)):
        with pytest.raises(Conflict):
            access_storage.member_store.replace_member(None, member("bo@example.org"), membership)
    with pytest.raises(Conflict):
        access_storage.member_store.replace_member(None, member(), replace(late, version=2))
    with pytest.raises(Conflict):
        access_storage.member_store.replace_member(member("bo@example.org"), None, replace(late, version=2))
    assert [each.email for each in access_storage.member_store.members("north")] == ["ada@example.org"]
    assert members.issuers_of(access_storage.access_context, "bo@example.org") == []


def test_concurrent_removals_keep_one_owner(access_storage: AccessStorage) -> None:
    emails = [f"p{number}@example.org" for number in range(6)]
    for email in emails:
        members.add(access_storage.access_context, "north", email, Role.OWNER)

    def leave(email: str) -> str:
        for _ in range(20):
            try:
                members.remove(access_storage.access_context, "north", email)
            except Conflict as error:
                if error.code == "last_owner":
                    return "stays"
            except Unavailable:
                continue
            else:
                return "left"
        return "busy"

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(leave, emails))
    left = [each.email for each in access_storage.member_store.members("north")]
    assert left
    assert sorted(left) == sorted(email for email, what in zip(emails, done, strict=True) if what != "left")
    assert access_storage.member_store.membership("north").owners == len(left)


def test_issuer_and_owner_are_created_in_one_transaction(access_storage: AccessStorage) -> None:
    issuer = samples.issuer()
    access_storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer), "ada@example.org")
    assert [(each.email, each.role) for each in access_storage.member_store.members("north")] == [
        ("ada@example.org", Role.OWNER)
    ]
    assert members.issuers_of(access_storage.access_context, "ada@example.org") == ["north"]
    with pytest.raises(Conflict):
        access_storage.issuer_store.add_issuer(
            replace(issuer, name="Other"), samples.status_lists(issuer), "eve@example.org"
        )
    assert members.issuers_of(access_storage.access_context, "eve@example.org") == []
    members.add(access_storage.access_context, "north", "bo@example.org", Role.VIEWER)
    assert access_storage.member_store.membership("north").members == 2


def test_issuer_with_existing_members_cannot_be_created(access_storage: AccessStorage) -> None:
    members.add(access_storage.access_context, "north", "ada@example.org", Role.OWNER)
    issuer = samples.issuer()
    with pytest.raises(Conflict):
        access_storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer), "eve@example.org")
    with pytest.raises(NotFound):
        access_storage.issuer_store.issuer("north")


def test_tokens_are_found_by_id_and_by_issuer(access_storage: AccessStorage) -> None:
    for number, issuer_id in ((2, "north"), (1, "north"), (3, HASH), (4, None)):
        access_storage.member_store.add_token(
            token(str(number) * 16, issuer_id, created=NOW + timedelta(seconds=number))
        )
    assert [each.id[0] for each in access_storage.member_store.tokens("north")] == ["1", "2"]
    assert [each.id[0] for each in access_storage.member_store.tokens(HASH)] == ["3"]
    assert [each.id[0] for each in access_storage.member_store.tokens(None)] == ["4"]
    assert access_storage.member_store.token("4" * 16) == token("4" * 16, None, created=NOW + timedelta(seconds=4))
    with pytest.raises(NotFound):
        access_storage.member_store.token("5" * 16)
    with pytest.raises(Conflict):
        access_storage.member_store.add_token(token("1" * 16, digest="e" * 64))


def test_deleted_token_is_not_restored_by_recording_its_use(access_storage: AccessStorage) -> None:
    access_storage.member_store.add_token(token())
    access_storage.member_store.used(token(), NOW)
    assert access_storage.member_store.token("t" * 16).used == NOW
    access_storage.member_store.remove_token(token())
    access_storage.member_store.used(token(), NOW)
    assert list(access_storage.member_store.tokens("north")) == []
    for act in (access_storage.member_store.remove_token, lambda one: access_storage.member_store.token(one.id)):
        with pytest.raises(NotFound):
            act(token())


def test_maximum_number_of_tokens_is_listed(access_storage: AccessStorage) -> None:
    for number in range(tokens.MAX_TOKENS):
        access_storage.member_store.add_token(token(f"{number:016}"))
    assert len(list(access_storage.member_store.tokens("north"))) == tokens.MAX_TOKENS


def test_session_is_created_updated_and_ended(access_storage: AccessStorage) -> None:
    access_storage.session_store.add_session(session())
    assert access_storage.session_store.session("ada@example.org", "s1") == session()
    for email, session_id in (("ada@example.org", "s2"), ("bo@example.org", "s1"), ("ada@example.org", "")):
        assert session_id == "" or access_storage.session_store.session(email, session_id) is None
    access_storage.session_store.mark_used(session(), NOW + timedelta(minutes=9))
    assert access_storage.session_store.session("ada@example.org", "s1") == replace(
        session(), seen=NOW + timedelta(minutes=9)
    )
    access_storage.session_store.end_session("ada@example.org", "s1")
    access_storage.session_store.end_session("ada@example.org", "s1")
    access_storage.session_store.mark_used(session(), NOW)
    assert access_storage.session_store.session("ada@example.org", "s1") is None


def test_all_sessions_of_a_member_are_ended(access_storage: AccessStorage) -> None:
    for number in range(5):
        access_storage.session_store.add_session(session(f"s{number}"))
    access_storage.session_store.add_session(session("s1", "ada@example.org#x"))
    listed = [one.id for one in access_storage.session_store.sessions_of("ada@example.org")]
    assert listed == [f"s{number}" for number in range(5)]
    assert access_storage.session_store.end_sessions("ada@example.org") == 5
    assert access_storage.session_store.end_sessions("ada@example.org") == 0
    assert access_storage.session_store.session("ada@example.org#x", "s1")


def test_known_person_is_known_until_the_last_date_stored(access_storage: AccessStorage) -> None:
    assert not access_storage.session_store.is_known_person(HASH, NOW)
    for day in (1, 2):
        access_storage.session_store.add_known_person(HASH, NOW + timedelta(days=day))
    assert access_storage.session_store.is_known_person(HASH, NOW + timedelta(days=2, seconds=-1))
    assert not access_storage.session_store.is_known_person(HASH, NOW + timedelta(days=2))
    assert not access_storage.session_store.is_known_person("other", NOW)


def test_sign_in_link_is_used_by_exactly_one_concurrent_caller(access_storage: AccessStorage) -> None:
    access_storage.session_store.add_link(LINK)
    assert access_storage.session_store.link(LINK.digest) == LINK
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: access_storage.session_store.take_link(LINK), range(16))) == 1
    assert access_storage.session_store.link(LINK.digest) is None


def test_concurrent_key_creation_yields_one_key(access_storage: AccessStorage) -> None:
    def make(number: int) -> bytes:
        return access_storage.session_store.make_key("2026-11-22", bytes([number]) * 32, NOW + timedelta(days=2))

    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(make, range(16)))
    assert len(made) == 1
    assert {access_storage.session_store.key("2026-11-22")} == made
    assert access_storage.session_store.key("2026-11-23") is None


def test_keys_of_earlier_days_are_deleted(access_storage: AccessStorage) -> None:
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        access_storage.session_store.make_key(day, day.encode(), NOW)
    assert access_storage.session_store.destroy_keys_before("2026-11-21") == 1
    assert access_storage.session_store.destroy_keys_before("2026-11-21") == 0
    assert access_storage.session_store.make_key("2026-11-20", b"fresh", NOW) == b"fresh"
    assert access_storage.session_store.make_key("2026-11-21", b"fresh", NOW) == b"2026-11-21"


def test_counter_limit_holds_under_concurrency(access_storage: AccessStorage) -> None:
    with ThreadPoolExecutor(16) as pool:
        counted = list(pool.map(lambda _: access_storage.session_store.count("here", 10, NOW), range(30)))
    assert sum(counted) == 10
    assert not access_storage.session_store.count("here", 10, NOW)
    assert access_storage.session_store.count("there", 10, NOW)


def test_what_is_not_counted_after_all_can_be_counted_again(access_storage: AccessStorage) -> None:
    session_store = access_storage.session_store
    session_store.decrement("here")
    assert session_store.count("here", 1, NOW)
    session_store.decrement("here")
    assert session_store.count("here", 1, NOW)
    assert not session_store.count("here", 1, NOW)


def test_temporary_items_have_a_ttl(tables: Tables) -> None:
    session_store = DynamoSessionStore(tables)
    ends = NOW + timedelta(seconds=1, microseconds=1)
    session_store.add_session(replace(session(), expires=ends))
    session_store.add_link(replace(LINK, expires=ends))
    session_store.make_key("2026-11-22", b"k" * 32, ends)
    session_store.count("here", 1, ends)
    for key in (
        keys.session("ada@example.org", "s1"), keys.sign_in_link(LINK.digest), keys.signing_key("2026-11-22"),
        keys.count("here"),
    ):  # fmt: skip
        assert tables.get(tables.secrets, key)["expires"] == {"N": str(int(NOW.timestamp()) + 2)}
        assert tables.get(tables.credentials, key) is None


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_lost_member_write_can_be_retried(tables: Tables, fault) -> None:
    member_store = DynamoMemberStore(tables)
    ada, bo = member(), member("bo@example.org", Role.EDITOR)
    steps = [
        (None, ada, Membership("north", 1, 1, 1, "ada comes")),
        (None, bo, Membership("north", 1, 2, 2, "bo comes")),
        (bo, replace(bo, role=Role.OWNER), Membership("north", 2, 2, 3, "bo owns")),
        (ada, None, Membership("north", 1, 1, 4, "ada goes")),
    ]
    for before, after, membership in steps:
        with fault(tables.client), pytest.raises(Unavailable):
            member_store.replace_member(before, after, membership)
        member_store.replace_member(before, after, membership)
    assert list(member_store.members("north")) == [replace(bo, role=Role.OWNER)]
    assert member_store.membership("north") == steps[-1][2]
    assert list(member_store.issuers_of("ada@example.org")) == []


def test_link_is_used_up_when_the_reply_is_lost(tables: Tables) -> None:
    session_store = DynamoSessionStore(tables)
    session_store.add_link(LINK)
    with aws_calls.reply_lost(tables.client), pytest.raises(Unavailable):
        session_store.take_link(LINK)
    assert not session_store.take_link(LINK)


def test_token_is_unusable_after_an_interrupted_removal(tables: Tables) -> None:
    member_store = DynamoMemberStore(tables)
    member_store.add_token(token())
    with aws_calls.lost_before(tables.client, 2), pytest.raises(Unavailable):
        member_store.remove_token(token())
    assert list(member_store.tokens("north")) == []
    with pytest.raises(NotFound):
        member_store.token("t" * 16)


def test_tokens_end_with_their_member_in_one_transaction(access_storage: AccessStorage) -> None:
    context = access_storage.access_context
    for email in ("ada@example.org", "bo@example.org"):
        members.add(context, "north", email, Role.OWNER)
    texts = {
        name: tokens.make(context, "north", Role.EDITOR, name, "tests", member=owner)
        for name, owner in (("bo", "bo@example.org"), ("ada", "ada@example.org"), ("known", None), ("kept", None))
    }
    assert access_storage.member_store.token(texts["bo"][0].id).member == "bo@example.org"
    known = texts["known"][0].id
    assert {one.name for one in members.remove(context, "north", "bo@example.org", [known])} == {"bo", "known"}
    assert {one.name for one in access_storage.member_store.tokens("north")} == {"ada", "kept"}
    for name, (_, text) in texts.items():
        if name in ("ada", "kept"):
            tokens.authenticate(context, text)
        else:
            with pytest.raises(Unauthenticated):
                tokens.authenticate(context, text)


class _RemovedMeanwhile:
    """A member store in which another removal of the same member is stored just before a write."""

    def __init__(self, access_storage: AccessStorage, also: str) -> None:
        self._context, self._store, self._also = access_storage.access_context, access_storage.member_store, [also]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def replace_member(self, *change: Any) -> None:
        if self._also:
            members.remove(self._context, "north", "bo@example.org", [self._also.pop()])
        self._store.replace_member(*change)


def test_a_removal_that_revokes_other_keys_than_a_concurrent_one_is_not_lost(access_storage: AccessStorage) -> None:
    """Both change the members in the same way, so only a unique mark shows which of them was stored."""
    context = access_storage.access_context
    for email in ("ada@example.org", "bo@example.org"):
        members.add(context, "north", email, Role.OWNER)
    one, other = (tokens.make(context, "north", Role.EDITOR, name, "tests")[0] for name in ("one", "other"))
    racing: Any = _RemovedMeanwhile(access_storage, one.id)
    with pytest.raises(NotFound):
        members.remove(replace(context, member_store=racing), "north", "bo@example.org", [other.id])
    assert [token.id for token in access_storage.member_store.tokens("north")] == [other.id]


def test_issuers_of_a_person_are_in_the_order_in_which_they_were_joined(access_storage: AccessStorage) -> None:
    """Strangers choose the ids of their issuers and add anyone to them."""
    ids = ["z-own", "a-stranger", "m-stranger"]
    for hours, issuer_id in enumerate(ids):
        later = replace(access_storage.access_context, clock=lambda hours=hours: NOW + timedelta(hours=hours))
        members.add(later, issuer_id, "ada@example.org", Role.OWNER)
    assert members.issuers_of(access_storage.access_context, "ada@example.org") == ids
    assert list(access_storage.member_store.issuers_of("ada@example.org", 1)) == ids[:1]
    members.add(access_storage.access_context, "z-own", "bo@example.org", Role.OWNER)
    members.change(access_storage.access_context, "z-own", "ada@example.org", Role.VIEWER)
    members.remove(access_storage.access_context, "z-own", "ada@example.org")
    assert members.issuers_of(access_storage.access_context, "ada@example.org") == ids[1:]


def test_asking_whether_a_person_is_a_member_reads_one_item(access_storage: AccessStorage) -> None:
    """Anyone can add a person to thousands of issuers, and anyone can ask for a sign-in link to that address."""
    asked: list[int | None] = []

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(access_storage.member_store, name)

        def issuers_of(self, email: str, limit: int | None = None) -> Iterator[str]:
            asked.append(limit)
            return access_storage.member_store.issuers_of(email, limit)

    counting: Any = Counting()
    known.person(replace(access_storage.access_context, member_store=counting), "ada@example.org")
    assert asked == [1]


def test_a_member_with_as_many_tokens_as_an_issuer_may_have_is_removed(access_storage: AccessStorage) -> None:
    """A transaction of DynamoDB has at most 100 actions."""
    context = access_storage.access_context
    for email in ("ada@example.org", "bo@example.org"):
        members.add(context, "north", email, Role.OWNER)
    for number in range(tokens.MAX_TOKENS):
        tokens.make(context, "north", Role.EDITOR, f"key {number}", "tests", member="bo@example.org")
    assert len(members.remove(context, "north", "bo@example.org")) == tokens.MAX_TOKENS
    assert list(access_storage.member_store.tokens("north")) == []


def test_a_member_who_made_more_tokens_than_allowed_by_racing_is_removed(access_storage: AccessStorage) -> None:
    """Their number is checked before they are stored, so that concurrent requests can exceed it."""
    context = access_storage.access_context
    for email in ("ada@example.org", "bo@example.org"):
        members.add(context, "north", email, Role.OWNER)
    known, _ = tokens.make(context, "north", Role.EDITOR, "known", "tests")
    pattern = token(issuer_id="north", member="bo@example.org", created=context.now())
    for number in range(120):
        name = f"{'abcdefghij'[number // 10 % 10]}{'abcdefghij'[number % 10]}{'klm'[number // 100]}".ljust(16, "z")
        access_storage.member_store.add_token(replace(pattern, id=name))
    assert len(members.remove(context, "north", "bo@example.org", [known.id])) == 121
    assert list(access_storage.member_store.tokens("north")) == []


def test_no_token_ends_when_its_member_stays(access_storage: AccessStorage) -> None:
    members.add(access_storage.access_context, "north", "ada@example.org", Role.OWNER)
    one = token(member="ada@example.org")
    access_storage.member_store.add_token(one)
    stale = Membership("north", 0, 0, 1, "late")
    with pytest.raises(Conflict):
        access_storage.member_store.replace_member(member(), None, stale, [one])
    assert access_storage.member_store.token(one.id) == one
