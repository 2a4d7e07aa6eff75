"""The public catalogue, on the fake and on the real engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chalicelib.award.ports import IssuerStore
from chalicelib.catalogue.entry import entry_of
from chalicelib.catalogue.ports import CatalogueStore, Click, ConversionStore, Target
from chalicelib.dynamo.stores.catalogue import DynamoCatalogueStore, DynamoConversionStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound
from tests import aws_calls, fakes
from tests.contract import samples
from tests.contract.conftest import Storage

DAY = samples.NOW.date()
LATER = samples.NOW + timedelta(days=2)


@dataclass
class Catalogue:
    issuers: IssuerStore
    store: CatalogueStore
    storage: Storage
    conversions: ConversionStore


@pytest.fixture(params=["fake", "real"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    storage = request.getfixturevalue(f"{request.param}_storage")
    if request.param == "real":
        tables = request.getfixturevalue("tables")
        return Catalogue(storage.issuer_store, DynamoCatalogueStore(tables), storage, DynamoConversionStore(tables))
    fake = fakes.CatalogueStore(storage.issuer_store)
    return Catalogue(storage.issuer_store, fake, storage, fake)


def test_an_achievement_is_found_by_its_id_alone(catalogue: Catalogue) -> None:
    catalogue.issuers.add_issuer(samples.issuer(), [])
    achievement = samples.achievement(
        enrolment_url="https://north.example/enrol", eligibility="Anyone.", related=("a", "b")
    )
    catalogue.issuers.add_achievement(achievement)
    salt = catalogue.storage.salts.create(DAY, bytes(32))
    found = catalogue.store.offer("welding", DAY)
    assert (found.achievement, found.issuer, found.salt) == (achievement, samples.issuer(), salt)
    with pytest.raises(NotFound):
        catalogue.store.offer("other", DAY)


def test_another_issuer_cannot_take_the_id_of_an_achievement(catalogue: Catalogue) -> None:
    """Otherwise the public page of one issuer's achievement could become that of another."""
    catalogue.issuers.add_achievement(samples.achievement())
    with pytest.raises(Conflict):
        catalogue.issuers.add_achievement(samples.achievement("south"))


def test_listings_follow_every_change_of_an_achievement(catalogue: Catalogue) -> None:
    first = samples.achievement()
    catalogue.issuers.add_achievement(first)
    assert catalogue.store.entries("north", "", 10) == [entry_of(first)]
    second = replace(first, version=2, name="Welding II", enrolment_url="https://north.example/")
    catalogue.issuers.replace_achievement(first, second)
    assert catalogue.store.entries("north", "", 10) == [entry_of(second)]
    archived = replace(second, version=3, archived=True)
    catalogue.issuers.replace_achievement(second, archived)
    assert catalogue.store.entries("north", "", 10) == []
    again = replace(archived, version=4)
    catalogue.issuers.replace_achievement(archived, again)
    catalogue.issuers.replace_achievement(again, replace(again, version=5, archived=False))
    assert [one.id for one in catalogue.store.entries("north", "", 10)] == ["welding"]


def test_listings_are_paged_and_are_the_issuers_own(catalogue: Catalogue) -> None:
    for issuer_id, name in (("north", "a"), ("north", "b"), ("north", "c"), ("north#x", "d"), ("nort", "e")):
        catalogue.issuers.add_achievement(samples.achievement(issuer_id, name))
    assert [one.id for one in catalogue.store.entries("north", "", 2)] == ["a", "b"]
    assert [one.id for one in catalogue.store.entries("north", "b", 2)] == ["c"]
    assert set(catalogue.store.entries_by_id("north", ["a", "d", "missing"])) == {"a"}


def test_the_target_of_a_referral_is_read_together(catalogue: Catalogue) -> None:
    catalogue.issuers.add_issuer(samples.issuer(), [])
    catalogue.issuers.add_achievement(samples.achievement())
    today = DAY + timedelta(days=1)
    salts = catalogue.storage.salts.create(DAY, b"a" * 32), catalogue.storage.salts.create(today, b"b" * 32)
    found = catalogue.store.target("north", "welding", DAY, today)
    assert found == Target(entry_of(samples.achievement()), samples.issuer(), *salts)
    assert catalogue.store.target("south", "welding", DAY, DAY) == Target(None, None, salts[0], salts[0])


def test_the_first_click_of_a_page_is_kept(catalogue: Catalogue) -> None:
    first = Click("01KAHZ0000000000000000000A", samples.NOW)
    second = Click("01KAHZ0000000000000000000B", samples.NOW + timedelta(seconds=1))
    assert catalogue.store.first_click("nonce", "person", first, LATER) == first
    assert catalogue.store.first_click("nonce", "person", second, LATER) == first
    assert catalogue.store.first_click("nonce", "prefetch", second, LATER) == second
    assert catalogue.store.first_click("other", "person", second, LATER) == second


def test_the_key_of_a_month_is_created_once_and_read_with_the_target(catalogue: Catalogue) -> None:
    month = DAY.replace(day=1)
    assert catalogue.store.create_conversion_key(month, b"a" * 32, LATER) == b"a" * 32
    assert catalogue.store.create_conversion_key(month, b"b" * 32, LATER) == b"a" * 32
    assert catalogue.store.target("north", "welding", DAY, DAY).conversion_key == b"a" * 32
    assert catalogue.conversions.conversion_key(month) == b"a" * 32
    assert catalogue.conversions.conversion_key(month - timedelta(days=1)) is None


def test_the_first_sign_up_of_a_click_is_kept(catalogue: Catalogue) -> None:
    later = samples.NOW + timedelta(hours=1)
    assert catalogue.conversions.first_conversion("north", "click", samples.NOW, LATER) is None
    assert catalogue.conversions.first_conversion("north", "click", later, LATER) == samples.NOW
    assert catalogue.conversions.first_conversion("south", "click", later, LATER) is None


def test_a_credential_that_was_never_stored_is_not_known(catalogue: Catalogue) -> None:
    assert not catalogue.conversions.has_credential("c" * 26)


def test_reads_of_the_public_pages_are_bounded(tables: Tables, real_storage: Storage) -> None:
    real_storage.issuer_store.add_issuer(samples.issuer(), [])
    for number in range(60):
        real_storage.issuer_store.add_achievement(samples.achievement(achievement_id=f"{number:02}"))
    store = DynamoCatalogueStore(tables)
    with aws_calls.counted(tables.client) as calls:
        store.offer("07", DAY)
        store.entries("north", "", 50)
        store.entries_by_id("north", [f"{number:02}" for number in range(5)])
        store.target("north", "07", DAY, DAY)
    assert calls == ["GetItem", "BatchGetItem", "Query", "BatchGetItem", "BatchGetItem"]
