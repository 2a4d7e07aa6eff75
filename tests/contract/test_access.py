"""Members, tokens, sessions, links and counters: the same on the real engine as in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

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
from chalicelib.award.ports import IssuerStore
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.members_and_sessions import DynamoMemberStore, DynamoSessionStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound, Unavailable
from tests import aws_calls, fakes
from tests.access import fakes as access
from tests.contract import nouns

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HASH = "a#b%23/ü"
"""A name that tries to be a key of another partition."""


@dataclass(frozen=True)
class Kept:
    """One implementation of both ports, and the issuers' ledger over the same data."""

    member_store: MemberStore
    session_store: SessionStore
    issuer_store: IssuerStore

    @property
    def access_context(self) -> AccessContext:
        entropy = access.AccessFixture().entropy
        return AccessContext(
            self.member_store, self.session_store, access.Mailer, "http://localhost", frozenset(), lambda: NOW, entropy
        )


@pytest.fixture
def kept_fake() -> Kept:
    issuer_store = fakes.IssuerStore()
    return Kept(issuer_store.member_store, access.SessionStore(), issuer_store)


@pytest.fixture
def kept_real(tables: Tables) -> Kept:
    return Kept(DynamoMemberStore(tables), DynamoSessionStore(tables), DynamoIssuerStore(tables))


@pytest.fixture(params=["kept_fake", "kept_real"])
def kept(request: pytest.FixtureRequest) -> Kept:
    return request.getfixturevalue(request.param)


def member(email: str = "ada@example.org", role: Role = Role.OWNER, issuer_id: str = "north") -> Member:
    return Member(issuer_id, email, role, NOW)


def token(token_id: str = "t" * 16, issuer_id: str | None = "north", **changes: object) -> Token:
    role = None if issuer_id is None else Role.EDITOR
    return replace(Token(token_id, issuer_id, role, "Moodle", "d" * 64, NOW, "ada@example.org"), **changes)  # type: ignore[arg-type]


def session(session_id: str = "s1", email: str = "ada@example.org") -> Session:
    return Session(session_id, email, "c" * 32, NOW, NOW, NOW + timedelta(hours=12))


LINK = Link("d" * 64, "b" * 64, "ada@example.org", "/console", NOW + timedelta(minutes=15))


def test_members_are_found_by_issuer_and_by_person(kept: Kept) -> None:
    for issuer_id in ("north", HASH):
        for email in ("bo@example.org", "ada@example.org", "a#b%23@example.org"):
            members.add(kept.access_context, issuer_id, email, Role.OWNER)
        emails = [each.email for each in kept.member_store.members(issuer_id)]
        assert emails == ["a#b%23@example.org", "ada@example.org", "bo@example.org"]
    assert members.issuers_of(kept.access_context, "ada@example.org") == sorted([HASH, "north"])
    assert kept.member_store.member("north", "ada@example.org") == member()
    for issuer_id, email in (("north", "eve@example.org"), ("nor", "ada@example.org"), ("north", "ada")):
        with pytest.raises(NotFound):
            kept.member_store.member(issuer_id, email)


def test_a_change_and_a_removal_are_whole(kept: Kept) -> None:
    members.add(kept.access_context, "north", "ada@example.org", Role.OWNER)
    members.add(kept.access_context, "north", "bo@example.org", Role.VIEWER)
    assert kept.member_store.membership("north").version == 2
    members.change(kept.access_context, "north", "bo@example.org", Role.EDITOR)
    assert kept.member_store.member("north", "bo@example.org").role is Role.EDITOR
    members.remove(kept.access_context, "north", "bo@example.org")
    assert members.issuers_of(kept.access_context, "bo@example.org") == []
    membership = kept.member_store.membership("north")
    assert (membership.owners, membership.members, membership.version) == (1, 1, 4)
    assert kept.member_store.membership("south") == Membership("south")


def test_a_writer_that_comes_second_changes_nothing(kept: Kept) -> None:
    members.add(kept.access_context, "north", "ada@example.org", Role.OWNER)
    late = replace(kept.member_store.membership("north"), owners=2, members=2, version=1, last="late")
    for membership in (late, replace(late, version=3)):
        with pytest.raises(Conflict):
            kept.member_store.replace_member(None, member("bo@example.org"), membership)
    with pytest.raises(Conflict):
        kept.member_store.replace_member(None, member(), replace(late, version=2))
    with pytest.raises(Conflict):
        kept.member_store.replace_member(member("bo@example.org"), None, replace(late, version=2))
    assert [each.email for each in kept.member_store.members("north")] == ["ada@example.org"]
    assert members.issuers_of(kept.access_context, "bo@example.org") == []


def test_owners_who_all_leave_at_once_leave_one_behind(kept: Kept) -> None:
    emails = [f"p{number}@example.org" for number in range(6)]
    for email in emails:
        members.add(kept.access_context, "north", email, Role.OWNER)

    def leave(email: str) -> str:
        for _ in range(20):
            try:
                members.remove(kept.access_context, "north", email)
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
    left = [each.email for each in kept.member_store.members("north")]
    assert left
    assert sorted(left) == sorted(email for email, what in zip(emails, done, strict=True) if what != "left")
    assert kept.member_store.membership("north").owners == len(left)


def test_an_issuer_and_its_owner_come_together_or_not_at_all(kept: Kept) -> None:
    issuer = nouns.issuer()
    kept.issuer_store.add_issuer(issuer, nouns.status_lists(issuer), "ada@example.org")
    assert [(each.email, each.role) for each in kept.member_store.members("north")] == [("ada@example.org", Role.OWNER)]
    assert members.issuers_of(kept.access_context, "ada@example.org") == ["north"]
    with pytest.raises(Conflict):
        kept.issuer_store.add_issuer(replace(issuer, name="Other"), nouns.status_lists(issuer), "eve@example.org")
    assert members.issuers_of(kept.access_context, "eve@example.org") == []
    members.add(kept.access_context, "north", "bo@example.org", Role.VIEWER)
    assert kept.member_store.membership("north").members == 2


def test_an_issuer_that_has_members_already_is_not_founded_by_another(kept: Kept) -> None:
    members.add(kept.access_context, "north", "ada@example.org", Role.OWNER)
    issuer = nouns.issuer()
    with pytest.raises(Conflict):
        kept.issuer_store.add_issuer(issuer, nouns.status_lists(issuer), "eve@example.org")
    with pytest.raises(NotFound):
        kept.issuer_store.issuer("north")


def test_tokens_are_found_by_id_and_by_issuer(kept: Kept) -> None:
    for number, issuer_id in ((2, "north"), (1, "north"), (3, HASH), (4, None)):
        kept.member_store.add_token(token(str(number) * 16, issuer_id, created=NOW + timedelta(seconds=number)))
    assert [each.id[0] for each in kept.member_store.tokens("north")] == ["1", "2"]
    assert [each.id[0] for each in kept.member_store.tokens(HASH)] == ["3"]
    assert [each.id[0] for each in kept.member_store.tokens(None)] == ["4"]
    assert kept.member_store.token("4" * 16) == token("4" * 16, None, created=NOW + timedelta(seconds=4))
    with pytest.raises(NotFound):
        kept.member_store.token("5" * 16)
    with pytest.raises(Conflict):
        kept.member_store.add_token(token("1" * 16, digest="e" * 64))


def test_a_revoked_token_is_gone_and_its_use_does_not_bring_it_back(kept: Kept) -> None:
    kept.member_store.add_token(token())
    kept.member_store.used(token(), NOW)
    assert kept.member_store.token("t" * 16).used == NOW
    kept.member_store.remove_token(token())
    kept.member_store.used(token(), NOW)
    assert list(kept.member_store.tokens("north")) == []
    for act in (kept.member_store.remove_token, lambda one: kept.member_store.token(one.id)):
        with pytest.raises(NotFound):
            act(token())


def test_as_many_tokens_as_there_may_be_are_listed(kept: Kept) -> None:
    for number in range(tokens.MAX_TOKENS):
        kept.member_store.add_token(token(f"{number:016}"))
    assert len(list(kept.member_store.tokens("north"))) == tokens.MAX_TOKENS


def test_sessions_begin_are_seen_and_end(kept: Kept) -> None:
    kept.session_store.add_session(session())
    assert kept.session_store.session("ada@example.org", "s1") == session()
    for email, session_id in (("ada@example.org", "s2"), ("bo@example.org", "s1"), ("ada@example.org", "")):
        assert session_id == "" or kept.session_store.session(email, session_id) is None
    kept.session_store.seen(session(), NOW + timedelta(minutes=9))
    assert kept.session_store.session("ada@example.org", "s1") == replace(session(), seen=NOW + timedelta(minutes=9))
    kept.session_store.end_session("ada@example.org", "s1")
    kept.session_store.end_session("ada@example.org", "s1")
    kept.session_store.seen(session(), NOW)
    assert kept.session_store.session("ada@example.org", "s1") is None


def test_all_sessions_of_one_person_end_together(kept: Kept) -> None:
    for number in range(5):
        kept.session_store.add_session(session(f"s{number}"))
    kept.session_store.add_session(session("s1", "ada@example.org#x"))
    assert kept.session_store.end_sessions("ada@example.org") == 5
    assert kept.session_store.end_sessions("ada@example.org") == 0
    assert kept.session_store.session("ada@example.org#x", "s1")


def test_a_link_is_taken_by_exactly_one(kept: Kept) -> None:
    kept.session_store.add_link(LINK)
    assert kept.session_store.link(LINK.digest) == LINK
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: kept.session_store.take_link(LINK), range(16))) == 1
    assert kept.session_store.link(LINK.digest) is None


def test_all_who_make_a_key_at_once_get_the_same(kept: Kept) -> None:
    def make(number: int) -> bytes:
        return kept.session_store.make_key("2026-11-22", bytes([number]) * 32, NOW + timedelta(days=2))

    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(make, range(16)))
    assert len(made) == 1
    assert {kept.session_store.key("2026-11-22")} == made
    assert kept.session_store.key("2026-11-23") is None


def test_keys_of_earlier_days_are_destroyed(kept: Kept) -> None:
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        kept.session_store.make_key(day, day.encode(), NOW)
    assert kept.session_store.destroy_keys_before("2026-11-21") == 1
    assert kept.session_store.destroy_keys_before("2026-11-21") == 0
    assert kept.session_store.make_key("2026-11-20", b"fresh", NOW) == b"fresh"
    assert kept.session_store.make_key("2026-11-21", b"fresh", NOW) == b"2026-11-21"


def test_a_counter_stops_where_it_should_whoever_counts(kept: Kept) -> None:
    with ThreadPoolExecutor(16) as pool:
        counted = list(pool.map(lambda _: kept.session_store.count("here", 10, NOW), range(30)))
    assert sum(counted) == 10
    assert not kept.session_store.count("here", 10, NOW)
    assert kept.session_store.count("there", 10, NOW)


def test_what_ends_soon_carries_its_end_for_the_engine_to_delete_it(tables: Tables) -> None:
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
def test_a_change_of_members_that_broke_off_can_be_made_again(tables: Tables, fault) -> None:
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


def test_a_link_whose_taking_got_no_reply_opens_nothing_any_more(tables: Tables) -> None:
    session_store = DynamoSessionStore(tables)
    session_store.add_link(LINK)
    with aws_calls.reply_lost(tables.client), pytest.raises(Unavailable):
        session_store.take_link(LINK)
    assert not session_store.take_link(LINK)


def test_a_token_whose_removal_broke_off_half_way_is_gone(tables: Tables) -> None:
    member_store = DynamoMemberStore(tables)
    member_store.add_token(token())
    with aws_calls.lost_before(tables.client, 2), pytest.raises(Unavailable):
        member_store.remove_token(token())
    assert list(member_store.tokens("north")) == []
    with pytest.raises(NotFound):
        member_store.token("t" * 16)
