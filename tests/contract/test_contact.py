"""`directory.contact.ports.ContactStore`, on the fake and on the real engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.directory.contact.message import Draft, Message
from chalicelib.directory.contact.ports import ContactStore, Relayed, SenderReport
from chalicelib.dynamo.stores.directory.contact import DynamoContactStore
from tests.contract import samples
from tests.directory.contact.fakes import ContactStore as FakeStore

NOW = samples.NOW.replace(microsecond=0)
LATER = NOW + timedelta(days=2)
MESSAGE = Message("d" * 64, "h" * 26, "grace@agency.example", Draft("Grace", "", "Dear Ada,\n\nRivers?"), LATER)
RELAYED = Relayed("r" * 64, "m" * 64, "h" * 26, "s" * 64, LATER, "o" * 64)


@pytest.fixture(params=["fake", "real"])
def store(request: pytest.FixtureRequest) -> ContactStore:
    return FakeStore() if request.param == "fake" else DynamoContactStore(request.getfixturevalue("tables"))


def test_message_is_taken_once(store: ContactStore) -> None:
    store.add(MESSAGE)
    assert store.message(MESSAGE.digest, NOW) == MESSAGE
    assert (store.take(MESSAGE), store.take(MESSAGE)) == (True, False)
    assert store.message(MESSAGE.digest, NOW) is None


def test_nothing_is_found_after_it_has_expired(store: ContactStore) -> None:
    store.add(MESSAGE)
    store.add_relayed(RELAYED)
    store.report("s" * 64, "h" * 26, LATER)
    assert store.relayed(RELAYED.digest, NOW) == RELAYED
    store.add_relayed(replace(RELAYED, organization=None))
    assert store.relayed(RELAYED.digest, NOW) == replace(RELAYED, organization=None)
    assert store.message(MESSAGE.digest, LATER) is store.relayed(RELAYED.digest, LATER) is None
    assert store.reported_by("s" * 64, LATER) == frozenset()


def test_each_holder_reports_a_sender_once(store: ContactStore) -> None:
    for holder_id in ("a" * 26, "a" * 26, "b" * 26):
        store.report("s" * 64, holder_id, LATER)
    store.report("t" * 64, "c" * 26, LATER)
    assert store.reported_by("s" * 64, NOW) == {"a" * 26, "b" * 26}
    store.report("r" * 64, "a" * 26, LATER)
    assert store.reports_of("a" * 26, NOW) == tuple(SenderReport(one * 64, "a" * 26, LATER) for one in "rs")
    assert store.reports_of("a" * 26, LATER) == store.reports_of("z" * 26, NOW) == ()
