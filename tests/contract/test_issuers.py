from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import Conflict, NotFound
from tests.contract import nouns
from tests.contract.conftest import Storage


def test_an_issuer_comes_back_as_it_was_stored(storage: Storage):
    issuer = nouns.issuer()
    lists = nouns.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    assert storage.issuer_store.issuer(issuer.id) == issuer
    assert storage.public_store.issuer(issuer.id) == issuer
    assert storage.public_store.issuer_of_did(issuer.did) == issuer
    assert [storage.public_store.status_list(one.id) for one in lists] == lists


def test_an_issuer_that_founded_itself_stays_told_apart(storage: Storage):
    found = nouns.issuer(registered_as=None, domains=())
    storage.issuer_store.add_issuer(found, nouns.status_lists(found))
    assert storage.issuer_store.issuer("north") == found


def test_what_was_never_stored_is_not_found(storage: Storage):
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


def test_an_issuer_id_is_given_once(storage: Storage):
    first = nouns.issuer()
    storage.issuer_store.add_issuer(first, nouns.status_lists(first))
    other = replace(first, name="Someone else", revocation_list="r2", suspension_list="s2")
    with pytest.raises(Conflict):
        storage.issuer_store.add_issuer(other, nouns.status_lists(other))
    assert storage.issuer_store.issuer(first.id) == first
    with pytest.raises(NotFound):
        storage.issuer_store.status_list("r2")


def test_a_list_that_is_taken_keeps_its_issuer_out(storage: Storage):
    first = nouns.issuer("first")
    storage.issuer_store.add_issuer(first, nouns.status_lists(first))
    other = nouns.issuer("other", revocation_list=first.revocation_list)
    with pytest.raises(Conflict):
        storage.issuer_store.add_issuer(other, nouns.status_lists(other))
    with pytest.raises(NotFound):
        storage.issuer_store.issuer("other")
    assert [issuer.id for issuer in storage.issuer_store.issuers()] == ["first"]


def test_adding_the_same_issuer_again_completes(storage: Storage):
    issuer = nouns.issuer()
    for _ in range(2):
        storage.issuer_store.add_issuer(issuer, nouns.status_lists(issuer))
    assert list(storage.issuer_store.issuers()) == [issuer]


def test_all_issuers_are_listed(storage: Storage):
    issuers = [nouns.issuer(f"issuer-{number:02}") for number in range(30)]
    for issuer in issuers:
        storage.issuer_store.add_issuer(issuer, nouns.status_lists(issuer))
    assert list(storage.issuer_store.issuers()) == issuers


def test_an_issuer_is_replaced_with_its_next_lists(storage: Storage):
    issuer = nouns.issuer()
    lists = nouns.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    fresh = replace(lists[0], id="north-revocation-2")
    changed = replace(issuer, name="Renamed", email=None, revocation_list=fresh.id, version=2)
    resigned = replace(lists[1], document=b'{"signed":"again"}', version=2)
    storage.issuer_store.replace_issuer(changed, [fresh, resigned])
    assert storage.public_store.issuer(issuer.id) == changed
    assert storage.public_store.status_list(fresh.id) == fresh
    assert storage.public_store.status_list(resigned.id) == resigned


@pytest.mark.parametrize("version", [1, 2, 4])
def test_of_two_writers_of_an_issuer_the_second_is_told(storage: Storage, version: int):
    issuer = nouns.issuer()
    storage.issuer_store.add_issuer(issuer, nouns.status_lists(issuer))
    first = replace(issuer, name="First", version=2)
    storage.issuer_store.replace_issuer(first)
    with pytest.raises(Conflict):
        storage.issuer_store.replace_issuer(replace(issuer, name="Second", version=version))
    assert storage.issuer_store.issuer(issuer.id) == first


def test_an_issuer_that_is_not_there_cannot_be_replaced(storage: Storage):
    with pytest.raises(Conflict):
        storage.issuer_store.replace_issuer(nouns.issuer(version=2))


def test_a_list_changed_meanwhile_stops_the_whole_replacement(storage: Storage):
    issuer = nouns.issuer()
    lists = nouns.status_lists(issuer)
    storage.issuer_store.add_issuer(issuer, lists)
    with pytest.raises(Conflict):
        storage.issuer_store.replace_issuer(replace(issuer, version=2), [replace(lists[0], version=3)])
    assert storage.issuer_store.issuer(issuer.id) == issuer
    assert storage.issuer_store.status_list(lists[0].id) == lists[0]


def test_a_did_is_given_once(storage: Storage):
    first = nouns.issuer("first")
    storage.issuer_store.add_issuer(first, nouns.status_lists(first))
    other = replace(nouns.issuer("other"), did=first.did)
    with pytest.raises(Conflict):
        storage.issuer_store.add_issuer(other, nouns.status_lists(other))
    assert storage.public_store.issuer_of_did(first.did) == first
