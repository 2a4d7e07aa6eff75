"""Delivery storage, on the fake and on the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from secrets import token_bytes

import pytest

from chalicelib.delivery import delivery_status, links, mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.limits import reputation
from chalicelib.delivery.limits.reputation import Counts, Problem, Reputation
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.ports import DeferredEmail, EarlyEvent, LinkRequest, SentEmail, Store
from chalicelib.dynamo.stores.deliveries import DynamoDeliveryStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict
from tests.contract.samples import NOW
from tests.delivery import fakes

BOX = mailbox.digest("ada@example.org")


@pytest.fixture
def fake_store() -> Store:
    return fakes.Store()


@pytest.fixture
def real_store(tables: Tables) -> Store:
    return DynamoDeliveryStore(tables, token_bytes)


@pytest.fixture(params=["fake_store", "real_store"])
def store(request: pytest.FixtureRequest) -> Store:
    return request.getfixturevalue(request.param)


def test_missing_items_have_initial_values(store: Store) -> None:
    assert store.delivery("north", "c" * 26) == delivery_status.Delivery("c" * 26, "north")
    assert store.mailbox(BOX) == mailbox.Mailbox(BOX)
    assert store.sent_email("mail-1") is None
    assert store.link(links.LinkKey("0" * 32, "1" * 64)) is None


def test_delivery_round_trips(store: Store) -> None:
    one = delivery_status.claimed(store.delivery("north", "c" * 26), Kind.ISSUED, NOW, "me")
    one = delivery_status.sent(one, Kind.ISSUED, NOW + timedelta(seconds=1))
    one = delivery_status.given_up(
        delivery_status.claimed(one, Kind.UNOPENED, NOW, "me"), Kind.UNOPENED, "bounced", "me"
    )
    for state in list(delivery_status.State)[2:7]:
        one = delivery_status.reached(one, state, NOW + timedelta(days=1))
    one = replace(one, resend_requests=(NOW, NOW + timedelta(hours=1)))
    assert store.save(one) == replace(one, version=1)
    assert store.delivery("north", "c" * 26) == replace(one, version=1)
    assert store.delivery("south", "c" * 26).version == 0


def test_request_for_a_link_is_found_until_it_is_deleted_or_expires(store: Store) -> None:
    later = NOW.replace(microsecond=0) + timedelta(hours=1)
    one = LinkRequest("r" * 16, "c" * 26, "ada@example.org", "de", later)
    store.add_link_request(one)
    assert store.link_request(one.id, NOW) == one
    assert store.link_request(one.id, later) is store.link_request("s" * 16, NOW) is None
    for _ in range(2):
        store.delete_link_request(one.id)
    assert store.link_request(one.id, NOW) is None


def test_deliveries_of_many_credentials_are_found_at_once(store: Store) -> None:
    ids = [f"{number:026}" for number in range(60)]
    for credential_id in ids[::2]:
        store.save(delivery_status.Delivery(credential_id, "north"))
    found = store.find_deliveries("north", ids)
    assert list(found) == ids[::2]
    assert found[ids[0]] == store.delivery("north", ids[0])
    assert store.find_deliveries("south", ids) == {}


def test_stale_delivery_write_conflicts(store: Store) -> None:
    read = store.delivery("north", "c" * 26)
    store.save(delivery_status.claimed(read, Kind.ISSUED, NOW, "one"))
    with pytest.raises(Conflict):
        store.save(delivery_status.claimed(read, Kind.ISSUED, NOW, "two"))
    again = store.delivery("north", "c" * 26)
    store.save(delivery_status.sent(again, Kind.ISSUED, NOW))
    with pytest.raises(Conflict):
        store.save(delivery_status.released(again, Kind.ISSUED, "one"))


def test_identical_write_is_idempotent(store: Store) -> None:
    claimed = delivery_status.claimed(store.delivery("north", "c" * 26), Kind.ISSUED, NOW, "one")
    assert store.save(claimed) == store.save(claimed)


def test_deferred_emails_are_read_in_order_and_deleted(store: Store) -> None:
    emails = [DeferredEmail("north", NOW + timedelta(seconds=second), "deliver", "c" * 26) for second in range(5)]
    other = DeferredEmail("north#x", NOW, "deliver", "c" * 26)
    for email in (*reversed(emails), emails[0], other):
        store.add_deferred(email)
    assert list(store.deferred("north", NOW + timedelta(seconds=3), 10)) == emails[:4]
    assert list(store.deferred("north", NOW + timedelta(days=1), 2)) == emails[:2]
    for _ in range(2):
        store.delete_deferred(emails[0])
    assert list(store.deferred("north", NOW + timedelta(days=1), 2)) == emails[1:3]
    assert list(store.deferred("north#x", NOW, 2)) == [other]


def test_reputation_round_trips_and_stale_write_conflicts(store: Store) -> None:
    assert store.reputation("north") == Reputation("north")
    first = store.save_reputation(reputation.with_sent(Reputation("north"), NOW))
    one = reputation.with_problem(first, Problem.BOUNCED, "c" * 26, NOW)
    one = replace(one, previous=Counts(3, 2, 1), paused_at=NOW, reason=Problem.COMPLAINED)
    assert store.save_reputation(one) == store.reputation("north") == replace(one, version=2)
    with pytest.raises(Conflict):
        store.save_reputation(reputation.with_sent(first, NOW))
    assert store.save_reputation(reputation.resumed(store.reputation("north"))).paused_at is None


def test_equal_counts_at_the_same_time_conflict(store: Store) -> None:
    """Two emails of an issuer bounce in the same second: each of them counts."""
    counted = reputation.with_sent(store.reputation("north"), NOW)
    store.save_reputation(counted)
    with pytest.raises(Conflict):
        store.save_reputation(counted)
    bounced = replace(store.mailbox(BOX), bounces=1, bounced_at=NOW)
    store.save_mailbox(bounced)
    with pytest.raises(Conflict):
        store.save_mailbox(bounced)


def test_mailbox_round_trips_and_stale_write_conflicts(store: Store) -> None:
    one = mailbox.Mailbox(BOX, "Europe/Berlin", frozenset({"north"}), frozenset({"south", "east"}))
    one = replace(one, bounced_at=NOW, reopened_at=NOW, complained_at=NOW, forgotten_at=NOW, links_valid_from=NOW)
    one = replace(one, subscribed=frozenset({"west"}))
    one = replace(one, lang="es", bounces=2, requested_bounces=1, requested_bounced_at=NOW)
    one = replace(one, issuer_links_valid_from={"north": NOW, "south": NOW + timedelta(days=1)})
    one = replace(one, view_counts_shown={"c" * 26: NOW})
    assert store.save_mailbox(one) == store.mailbox(BOX) == replace(one, version=1)
    with pytest.raises(Conflict):
        store.save_mailbox(replace(one, zone=None))
    store.save_mailbox(replace(store.mailbox(BOX), zone=None, unsubscribed=frozenset()))
    assert store.mailbox(BOX).unsubscribed == frozenset()


def test_links_are_found_by_secret_and_deleted_by_mailbox(store: Store) -> None:
    box, other = links.mailbox_id_of(BOX), links.mailbox_id_of(mailbox.digest("eve@example.org"))
    mine = [
        Link(box, "1" * 64, Purpose.MY, "ada@example.org", NOW, "north", "c" * 26),
        Link(box, "2" * 64, Purpose.UNSUBSCRIBE, "ada@example.org", NOW),
    ]
    theirs = Link(other, "3" * 64, Purpose.MY, "eve@example.org", NOW)
    store.add_links([*mine, theirs])
    assert [store.link(links.LinkKey(link.mailbox_id, link.digest)) for link in mine] == mine
    assert store.link(links.LinkKey(other, "1" * 64)) is None
    store.delete_links(box)
    store.delete_links(box)
    assert [store.link(links.LinkKey(link.mailbox_id, link.digest)) for link in (*mine, theirs)] == [None, None, theirs]


def test_links_that_are_kept_stay_when_the_others_of_a_mailbox_are_deleted(store: Store) -> None:
    box = links.mailbox_id_of(BOX)
    cancels = Link(box, "4" * 64, Purpose.ERASURE, "ada@example.org", NOW)
    opens = Link(box, "5" * 64, Purpose.MY, "ada@example.org", NOW)
    store.add_links([cancels, opens])
    store.delete_links(box, lambda link: link.purpose is Purpose.ERASURE)
    assert [store.link(links.LinkKey(box, link.digest)) for link in (cancels, opens)] == [cancels, None]


def test_hundreds_of_links_of_one_mailbox_are_deleted(store: Store) -> None:
    box = links.mailbox_id_of(BOX)
    many = [Link(box, f"{number:064}", Purpose.MY, "ada@example.org", NOW, "flood") for number in range(205)]
    store.add_links(many)
    store.delete_links(box)
    assert all(store.link(links.LinkKey(box, link.digest)) is None for link in many)


def test_sent_email_is_found_by_message_id(store: Store) -> None:
    sent_email = SentEmail("c" * 26, "north", Kind.RENEWAL, "f" * 64)
    store.add_sent_email("0100-abc@eu.example", sent_email, NOW)
    store.add_sent_email("0100-abc@eu.example", sent_email, NOW)
    assert store.sent_email("0100-abc@eu.example") == sent_email
    with pytest.raises(Conflict):
        store.add_sent_email("0100-abc@eu.example", replace(sent_email, issuer_id="south"), NOW)


def test_sign_in_emails_have_a_reputation_and_message_ids_like_an_issuers(store: Store) -> None:
    sent_email = SentEmail(None, reputation.SIGN_IN, Kind.SIGN_IN, "f" * 64)
    store.add_sent_email("0100-def@eu.example", sent_email, NOW)
    assert store.sent_email("0100-def@eu.example") == sent_email
    store.save_reputation(reputation.with_sent(Reputation(reputation.SIGN_IN), NOW))
    assert store.reputation(reputation.SIGN_IN).total == Counts(1)


def test_events_that_precede_the_sent_email_are_stored_separately(store: Store) -> None:
    name = "0100-abc@eu.example"
    events = [
        EarlyEvent(delivery_status.State.DELIVERED, NOW),
        EarlyEvent(delivery_status.State.COMPLAINED, NOW + timedelta(hours=1)),
    ]
    for early_event in (*events, *events):
        store.add_early_event(name, early_event)
    store.add_early_event("0100-other@eu.example", events[0])
    assert store.sent_email(name) is None
    store.add_sent_email(name, SentEmail("c" * 26, "north", Kind.ISSUED, "f" * 64), NOW)
    assert sorted(store.early(name)) == sorted(events)
