"""Storage of profiles and consents, on the fake and on the real engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.delivery import mailbox
from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import Audience, ConsentEntry, Decision, Subject, Visibility
from chalicelib.directory.profiles.ports import ProfileStore, PublishedStore
from chalicelib.directory.profiles.profile import Details, OpenTo, Profile
from chalicelib.directory.profiles.published import Published, Views
from chalicelib.dynamo.stores.directory.profiles import DynamoProfileStore, DynamoPublishedStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, Unavailable
from tests import aws_calls
from tests.contract.samples import NOW
from tests.directory import fakes

Fault = Callable[[Any, int], AbstractContextManager[None]]
BOX, HOLDER = mailbox.digest("ada@example.org"), "h" * 26
DETAILS = Details("Ada", "Analyst", "Lagos", ("en",), ("https://ada.example/",), (OpenTo.WORK,))
PROFILE = Profile(BOX, HOLDER, DETAILS, NOW, {Subject.NAME: Visibility.EVERYONE, Subject.PLACE: Visibility.NOBODY})
PUBLISHED = Published(
    HOLDER,
    Details(name="Ada"),
    ("a" * 26,),
    indexed=True,
    since=NOW,
    expires_at=NOW + timedelta(days=9),
    contact=Audience.RECRUITERS,
    more=True,
)
FULL = replace(PUBLISHED, details=DETAILS, credentials=("a" * 26, "b" * 26), indexed=False)
VIEWS = {Audience.PUBLIC: PUBLISHED, Audience.RECRUITERS: FULL}


@dataclass(frozen=True)
class Stores:
    profiles: ProfileStore
    public: PublishedStore


@pytest.fixture
def fake_stores() -> Stores:
    store = fakes.ProfileStore()
    return Stores(store, store)


@pytest.fixture
def real_stores(tables: Tables) -> Stores:
    return Stores(DynamoProfileStore(tables), DynamoPublishedStore(tables))


@pytest.fixture(params=["fake_stores", "real_stores"])
def stores(request: pytest.FixtureRequest) -> Stores:
    return request.getfixturevalue(request.param)


def of_public(**changes: Any) -> Views:
    return {Audience.PUBLIC: replace(PUBLISHED, **changes)}


def seen(stores: Stores) -> list[Published | None]:
    """What everyone sees, and what recruiters see."""
    return [stores.public.published(HOLDER), stores.public.for_recruiters([HOLDER]).get(HOLDER)]


def entry(number: int, *decisions: Decision) -> ConsentEntry:
    return ConsentEntry(number, NOW + timedelta(minutes=number), 1, decisions)


def later(profile: Profile) -> Profile:
    return replace(profile, changed_at=profile.changed_at + timedelta(hours=1))


def test_nothing_is_stored_at_first(stores: Stores) -> None:
    assert stores.profiles.profile(BOX) is None
    assert stores.profiles.entries(BOX) == ()
    assert seen(stores) == [None, None]


@pytest.mark.parametrize(
    "read",
    [
        DynamoPublishedStore.published,
        lambda store, holder_id: store.published_many([holder_id]),
        lambda store, holder_id: store.for_recruiters([holder_id]),
    ],
    ids=["page", "results", "recruiters"],
)
def test_a_hidden_profile_costs_the_same_calls_as_an_absent_one(
    tables: Tables, read: Callable[[DynamoPublishedStore, str], object]
) -> None:
    """Otherwise the time of an answer would tell whether someone has a profile that they do not show."""
    expired = replace(PUBLISHED, holder_id="e" * 26, expires_at=NOW)
    withdrawn = replace(PROFILE, mailbox="w", holder_id="w" * 26)
    profiles, public = DynamoProfileStore(tables), DynamoPublishedStore(tables)
    profiles.save(replace(PROFILE, mailbox="e", holder_id="e" * 26), None, {Audience.PUBLIC: expired})
    profiles.save(profiles.save(withdrawn, None, of_public(holder_id="w" * 26)), None, {})
    sent: list[tuple[str, int]] = []

    def record(request: Any, **_: Any) -> None:
        sent.append((request.headers["X-Amz-Target"].decode(), len(request.body)))

    tables.client.meta.events.register("before-send.dynamodb", record)
    try:
        for holder_id in ("e" * 26, "w" * 26, "a" * 26):
            read(public, holder_id)
    finally:
        tables.client.meta.events.unregister("before-send.dynamodb", record)
    assert len(sent) == 3
    assert len(set(sent)) == 1


def test_profile_ledger_and_publication_round_trip(stores: Stores) -> None:
    first = entry(
        1,
        Decision(Subject.PROFILE, Audience.PUBLIC, granted=True, expires_at=NOW + timedelta(days=9)),
        *consent.choose(consent.credential_subject("a" * 26), Visibility.RECRUITERS),
    )
    saved = stores.profiles.save(PROFILE, first, VIEWS)
    assert saved == replace(PROFILE, version=1)
    assert stores.profiles.profile(BOX) == saved
    assert stores.profiles.entries(BOX) == (first,)
    assert seen(stores) == [PUBLISHED, FULL]


def test_public_profiles_are_read_together(stores: Stores) -> None:
    assert list(stores.public.all_ids()) == []
    stores.profiles.save(PROFILE, None, VIEWS)
    other = replace(PROFILE, mailbox="other", holder_id="o" * 26)
    stores.profiles.save(other, None, of_public(holder_id="o" * 26))
    assert sorted(stores.public.all_ids()) == [HOLDER, "o" * 26]
    assert stores.public.published_many([HOLDER, "none", HOLDER]) == {HOLDER: PUBLISHED}
    assert stores.public.for_recruiters([HOLDER, "o" * 26, HOLDER]) == {HOLDER: FULL}


def test_what_only_recruiters_see_is_not_in_the_copy_for_everyone(stores: Stores) -> None:
    stores.profiles.save(PROFILE, entry(1), {Audience.RECRUITERS: FULL})
    assert seen(stores) == [None, FULL]
    assert list(stores.public.all_ids()) == []
    assert stores.public.listed(HOLDER[0], NOW, 10) == []


def test_the_ledger_keeps_its_order(stores: Stores) -> None:
    current, entries = (
        PROFILE,
        tuple(entry(n, Decision("name", Audience.PUBLIC, granted=n % 2 == 1)) for n in range(1, 13)),
    )
    for each in entries:
        current = stores.profiles.save(current, each, {})
    assert stores.profiles.entries(BOX) == entries


def test_a_change_without_consent_keeps_the_ledger(stores: Stores) -> None:
    saved = stores.profiles.save(PROFILE, entry(1), VIEWS)
    stores.profiles.save(replace(saved, details=Details("Ada N.")), None, of_public(indexed=False))
    assert stores.profiles.entries(BOX) == (entry(1),)
    found = stores.public.published(HOLDER)
    assert found is not None
    assert not found.indexed


def test_what_is_withdrawn_is_gone(stores: Stores) -> None:
    saved = stores.profiles.save(PROFILE, entry(1), VIEWS)
    stores.profiles.save(saved, entry(2), {})
    assert seen(stores) == [None, None]


def test_a_stale_change_publishes_nothing(stores: Stores) -> None:
    """A withdrawal must not be undone by a form that was sent before it."""
    saved = stores.profiles.save(PROFILE, entry(1), VIEWS)
    stores.profiles.save(saved, entry(2), {})
    with pytest.raises(Conflict):
        stores.profiles.save(later(saved), entry(2, Decision("name", Audience.PUBLIC, granted=True)), VIEWS)
    assert seen(stores) == [None, None]
    assert stores.profiles.entries(BOX) == (entry(1), entry(2))


def test_deleting_leaves_nothing(stores: Stores) -> None:
    current = stores.profiles.save(PROFILE, entry(1), VIEWS)
    for number in range(2, 5):
        current = stores.profiles.save(current, entry(number), VIEWS)
    stores.profiles.delete(current)
    assert stores.profiles.profile(BOX) is None
    assert stores.profiles.entries(BOX) == ()
    assert seen(stores) == [None, None]


def test_a_change_during_the_deletion_is_not_deleted_silently(stores: Stores) -> None:
    saved = stores.profiles.save(PROFILE, entry(1), VIEWS)
    stores.profiles.save(saved, entry(2), VIEWS)
    with pytest.raises(Conflict):
        stores.profiles.delete(later(saved))
    assert seen(stores) == [PUBLISHED, FULL]


def test_a_hidden_profile_cannot_become_public(stores: Stores) -> None:
    saved = stores.profiles.save(PROFILE, entry(1), VIEWS)
    assert stores.profiles.hidden(HOLDER) is None
    stores.profiles.hide(HOLDER, NOW)
    assert seen(stores) == [None, None]
    assert stores.profiles.hidden(HOLDER) == NOW
    with pytest.raises(Conflict):
        stores.profiles.save(later(saved), entry(2), VIEWS)
    withdrawn = stores.profiles.save(later(saved), entry(2), {})
    stores.profiles.unhide(HOLDER)
    stores.profiles.save(later(withdrawn), entry(3), VIEWS)
    assert seen(stores) == [PUBLISHED, FULL]


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
@pytest.mark.parametrize("stop", range(1, 6))
def test_a_deletion_that_is_interrupted_anywhere_can_be_repeated(tables: Tables, fault: Fault, stop: int) -> None:
    """Nothing is public from its first effect on, and the repetition leaves no trace."""
    store, public = DynamoProfileStore(tables), DynamoPublishedStore(tables)
    current = store.save(PROFILE, entry(1), VIEWS)
    current = store.save(later(current), entry(2), VIEWS)
    with fault(tables.client, stop), suppress(Unavailable):
        store.delete(later(current))
    left = store.profile(BOX)
    if left is not None:
        shown = [public.published(HOLDER), public.for_recruiters([HOLDER]).get(HOLDER)]
        assert shown == [None, None] or (fault is aws_calls.lost_before and stop == 1)
        store.delete(later(left))
    assert tables.client.scan(TableName=tables.credentials)["Items"] == []


def test_a_withdrawn_profile_costs_the_same_calls_and_bytes_as_one_that_never_existed(tables: Tables) -> None:
    store, public = DynamoProfileStore(tables), DynamoPublishedStore(tables)
    store.save(later(store.save(PROFILE, entry(1), VIEWS)), entry(2), {})
    replies: list[object] = []

    def note(parsed: dict[str, object], **_: object) -> None:
        replies.append({name: value for name, value in parsed.items() if name != "ResponseMetadata"})

    tables.client.meta.events.register("after-call.dynamodb", note)
    for holder_id in (HOLDER, "q" * 26):
        with aws_calls.counted(tables.client) as calls:
            assert public.published(holder_id) is None
        assert calls == ["GetItem"]
    tables.client.meta.events.unregister("after-call.dynamodb", note)
    assert replies == [{}, {}]


def test_profile_that_search_engines_may_list_is_in_the_sitemap_until_it_ends(stores: Stores) -> None:
    shard = HOLDER[0]
    stored = stores.profiles.save(PROFILE, None, VIEWS)
    assert stores.public.listed(shard, NOW, 10) == [HOLDER]
    assert stores.public.listed(shard, NOW + timedelta(days=10), 10) == []
    stored = stores.profiles.save(replace(stored, changed_at=NOW), None, of_public(indexed=False))
    assert stores.public.listed(shard, NOW, 10) == []
    stored = stores.profiles.save(replace(stored, changed_at=NOW), None, VIEWS)
    stores.profiles.save(replace(stored, changed_at=NOW), None, {})
    assert stores.public.listed(shard, NOW, 10) == []


def test_hidden_profile_leaves_the_sitemap(stores: Stores) -> None:
    stores.profiles.save(PROFILE, None, VIEWS)
    stores.profiles.hide(HOLDER, NOW)
    assert stores.public.listed(HOLDER[0], NOW, 10) == []
