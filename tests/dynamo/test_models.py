from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import dynamo
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import Row
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.issuer import DomainProof, Issuer, ProofLocation, SigningKey
from chalicelib.credential.record import CredentialStatus, Entry, Image, Purpose, Record, State, StatusList
from chalicelib.dynamo.items.base import Pointer, read
from chalicelib.dynamo.items.credentials import ImageItem, RecordItem, StatusListItem
from chalicelib.dynamo.items.issuers import AchievementItem, IssuerItem
from chalicelib.dynamo.items.recipients import RecipientItem, RowItem
from chalicelib.errors import Unavailable
from tests.contract import samples
from tests.strategies import MOMENTS

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
VERSION = st.integers(1, 2**31)
KEY = st.builds(SigningKey, TEXT, TEXT, TEXT, MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS)
DOMAIN = st.builds(DomainProof, TEXT, st.sampled_from(ProofLocation), MOMENTS, TEXT)
ISSUER = st.builds(
    Issuer, TEXT, TEXT, TEXT, TEXT, TEXT, st.lists(KEY, max_size=3).map(tuple), TEXT, TEXT,
    st.none() | TEXT, st.none() | TEXT, st.none() | TEXT, st.none() | TEXT.filter(bool),
    st.lists(DOMAIN, max_size=3).map(tuple), st.none() | MOMENTS, VERSION, st.lists(TEXT, max_size=3).map(tuple),
    embed_sites=st.none() | TEXT, certificate_template=st.none() | TEXT, directory=st.none() | TEXT,
    font=st.none() | TEXT, footer=st.none() | TEXT,
)  # fmt: skip
SKILL = st.builds(Skill, TEXT, TEXT, TEXT, st.none() | TEXT)
ACHIEVEMENT = st.builds(
    Achievement, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, st.lists(SKILL, max_size=3).map(tuple), TEXT,
    VERSION, st.none() | VERSION, st.booleans(), st.booleans(), st.booleans(), st.none() | TEXT, st.none() | TEXT,
    st.lists(TEXT, max_size=3).map(tuple),
)  # fmt: skip
ENTRY = st.builds(Entry, st.sampled_from(Purpose), TEXT, st.integers(0, 2**26))
STATUS = st.builds(CredentialStatus, st.sampled_from(State), MOMENTS, st.none() | TEXT)
RECORD = st.builds(
    Record, TEXT, TEXT, TEXT, st.binary(), st.none() | TEXT, st.lists(ENTRY, max_size=3).map(tuple), STATUS,
    MOMENTS, VERSION, TEXT, VERSION, st.none() | MOMENTS, st.none() | TEXT, st.none() | TEXT,
    taken_down=st.none() | MOMENTS,
)  # fmt: skip
RECIPIENT = st.builds(Recipient, TEXT, TEXT, TEXT, st.none() | TEXT, st.none() | TEXT, st.booleans())
ROW = st.builds(
    Row, TEXT, TEXT, MOMENTS, TEXT, TEXT, st.sampled_from(State), st.none() | TEXT, st.none() | MOMENTS,
    st.none() | TEXT,
)  # fmt: skip
LIST = st.builds(StatusList, TEXT, TEXT, st.sampled_from(Purpose), st.binary(), st.binary(), VERSION)
IMAGE = st.builds(Image, TEXT, TEXT, st.binary())


@pytest.mark.parametrize(
    ("model", "to_domain"),
    [
        (IssuerItem, ISSUER),
        (AchievementItem, ACHIEVEMENT),
        (RecordItem, RECORD),
        (RecipientItem, RECIPIENT),
        (RowItem, ROW),
        (StatusListItem, LIST),
        (ImageItem, IMAGE),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_domain_object_round_trips(model, to_domain):
    @given(to_domain)
    def comes_back(one):
        assert read(model, model.of(one).raw()) == one

    comes_back()


def test_empty_status_list_is_stored_compressed():
    item = StatusListItem.of(samples.status_lists(samples.issuer())[0])
    assert len(item.deflated) < 100


def test_item_of_another_kind_is_unavailable():
    with pytest.raises(Unavailable) as caught:
        read(RecordItem, ImageItem.of(samples.image()).raw())
    assert caught.value.code == "storage_unreadable"


DAMAGE = {
    "unknown type": lambda raw: raw.update(type={"S": "badge"}),
    "missing member": lambda raw: raw.pop("document"),
    "unknown state": lambda raw: raw.update(state={"S": "lost"}),
    "invalid time": lambda raw: raw.update(issued_at={"S": "yesterday"}),
    "member of another type": lambda raw: raw.update(entries={"S": "none"}),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_item_is_unavailable(damage: str):
    raw = RecordItem.of(samples.record()).raw()
    DAMAGE[damage](raw)
    with pytest.raises(Unavailable):
        read(RecordItem, raw)


def test_damaged_status_list_is_unavailable():
    raw = StatusListItem.of(samples.status_lists(samples.issuer())[0]).raw()
    raw["deflated"]["B"] = raw["deflated"]["B"][:-3]
    with pytest.raises(Unavailable):
        read(StatusListItem, raw)


def test_pointer_is_read_as_its_target():
    assert read(Pointer, Pointer("p", "s", target="t").raw()) == "t"


def test_times_are_stored_independent_of_their_timezone():
    record = replace(samples.record(), issued_at=samples.NOW.astimezone(timezone(timedelta(hours=5))))
    assert read(RecordItem, RecordItem.of(record).raw()).issued_at == samples.NOW


def test_stored_issuer_without_registration_counts_as_registered_by_operators():
    raw = IssuerItem.of(samples.issuer(domains=())).raw()
    del raw["registered_as"], raw["domains"]
    found = read(IssuerItem, raw)
    assert (found.registered_as, found.domains) == (found.name, ())


def test_item_types_have_unique_names():
    """A duplicate name is only detected when one process loads both models."""
    for module in pkgutil.walk_packages(dynamo.__path__, f"{dynamo.__name__}."):
        importlib.import_module(module.name)  # PynamoDB refuses a second model with the same discriminator
