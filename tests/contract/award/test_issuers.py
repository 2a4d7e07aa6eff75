from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import Conflict, NotFound
from tests.contract import samples
from tests.contract.conftest import Storage


def test_issuer_round_trips(storage: Storage):
    issuer = samples.issuer()
    lists = samples.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    assert storage.issuer_store.issuer(issuer.id) == issuer
    assert storage.public_store.issuer(issuer.id) == issuer
    assert storage.public_store.issuer_of_did(issuer.did) == issuer
    assert [storage.public_store.status_list(one.id) for one in lists] == lists


def test_self_registered_issuer_round_trips(storage: Storage):
    self_registered = samples.issuer(registered_as=None, domains=())
    storage.issuer_store.add_issuer(self_registered, samples.status_lists(self_registered))
    assert storage.issuer_store.issuer("north") == self_registered


def test_name_holders_are_stored_once_by_name(storage: Storage):
    assert storage.issuer_store.name_holders("a" * 64) == set()
    for holder in ("north", "south#%", "north"):
        storage.issuer_store.add_name_holder("a" * 64, holder)
    assert storage.issuer_store.name_holders("a" * 64) == {"north", "south#%"}
    assert storage.public_store.name_holders("a" * 64) == {"north", "south#%"}
    assert storage.issuer_store.name_holders("b" * 64) == set()


def test_an_issuer_and_its_reserved_name_are_stored_together(storage: Storage):
    issuer = samples.issuer()
    storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer), names=["a" * 64, "b" * 64])
    assert storage.issuer_store.name_holders("b" * 64) == {"north"}
    with pytest.raises(Conflict):
        storage.issuer_store.add_issuer(replace(issuer, name="Other"), samples.status_lists(issuer), names=["c" * 64])
    storage.issuer_store.replace_issuer(replace(issuer, version=2), names=["a" * 64, "d" * 64])
    with pytest.raises(Conflict):
        storage.issuer_store.replace_issuer(replace(issuer, name="Other", version=2), names=["c" * 64])
    found = [storage.issuer_store.name_holders(digit * 64) for digit in "abcd"]
    assert found == [{"north"}, {"north"}, set(), {"north"}]


def test_missing_items_are_not_found(storage: Storage):
    for absent in (
        lambda: storage.issuer_store.issuer("nobody"),
        lambda: storage.public_store.issuer("nobody"),
        lambda: storage.public_store.issuer_of_did("did:web:nobody.example"),
        lambda: storage.public_store.issuer_of_did("did:jwk:" + "x" * 2_100),
        lambda: storage.public_store.status_list("z" * 2_100),
        lambda: storage.issuer_store.achievement("nobody", "nothing"),
        lambda: storage.issuer_store.record("nothing"),
        lambda: storage.public_store.record("nothing"),
        lambda: storage.public_store.status_list("nothing"),
        lambda: storage.public_store.image("nothing"),
    ):
        with pytest.raises(NotFound):
            absent()


def test_issuer_id_is_unique(storage: Storage):
    first = samples.issuer()
    storage.issuer_store.add_issuer(first, samples.status_lists(first))
    other = replace(first, name="Someone else", revocation_list="r2", suspension_list="s2")
    with pytest.raises(Conflict):
        storage.issuer_store.add_issuer(other, samples.status_lists(other))
    assert storage.issuer_store.issuer(first.id) == first
    with pytest.raises(NotFound):
        storage.issuer_store.status_list("r2")


def test_issuer_with_a_taken_status_list_id_is_refused(storage: Storage):
    first = samples.issuer("first")
    storage.issuer_store.add_issuer(first, samples.status_lists(first))
    other = samples.issuer("other", revocation_list=first.revocation_list)
    with pytest.raises(Conflict):
        storage.issuer_store.add_issuer(other, samples.status_lists(other))
    with pytest.raises(NotFound):
        storage.issuer_store.issuer("other")
    assert [issuer.id for issuer in storage.issuer_store.issuers()] == ["first"]


def test_adding_an_issuer_is_idempotent(storage: Storage):
    issuer = samples.issuer()
    for _ in range(2):
        storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    assert list(storage.issuer_store.issuers()) == [issuer]


def test_all_issuers_are_listed(storage: Storage):
    issuers = [samples.issuer(f"issuer-{number:02}") for number in range(30)]
    for issuer in issuers:
        storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    assert list(storage.issuer_store.issuers()) == issuers


def test_issuer_is_replaced_together_with_its_next_lists(storage: Storage):
    issuer = samples.issuer()
    lists = samples.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    fresh = replace(lists[0], id="north-revocation-2")
    changed = replace(issuer, name="Renamed", email=None, revocation_list=fresh.id, version=2)
    resigned = replace(lists[1], document=b'{"signed":"again"}', version=2)
    storage.issuer_store.replace_issuer(changed, [fresh, resigned])
    assert storage.public_store.issuer(issuer.id) == changed
    assert storage.public_store.status_list(fresh.id) == fresh
    assert storage.public_store.status_list(resigned.id) == resigned


@pytest.mark.parametrize("version", [1, 2, 4])
def test_stale_issuer_write_conflicts(storage: Storage, version: int):
    issuer = samples.issuer()
    storage.issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    first = replace(issuer, name="First", version=2)
    storage.issuer_store.replace_issuer(first)
    with pytest.raises(Conflict):
        storage.issuer_store.replace_issuer(replace(issuer, name="Second", version=version))
    assert storage.issuer_store.issuer(issuer.id) == first


def test_missing_issuer_cannot_be_replaced(storage: Storage):
    with pytest.raises(Conflict):
        storage.issuer_store.replace_issuer(samples.issuer(version=2))


def test_concurrently_changed_list_aborts_the_replacement(storage: Storage):
    issuer = samples.issuer()
    lists = samples.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    with pytest.raises(Conflict):
        storage.issuer_store.replace_issuer(replace(issuer, version=2), [replace(lists[0], version=3)])
    assert storage.issuer_store.issuer(issuer.id) == issuer
    assert storage.issuer_store.status_list(lists[0].id) == lists[0]


def test_did_is_unique(storage: Storage):
    first = samples.issuer("first")
    storage.issuer_store.add_issuer(first, samples.status_lists(first))
    other = replace(samples.issuer("other"), did=first.did)
    with pytest.raises(Conflict):
        storage.issuer_store.add_issuer(other, samples.status_lists(other))
    assert storage.public_store.issuer_of_did(first.did) == first
