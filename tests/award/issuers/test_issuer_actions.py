"""Founding an issuer and rotating its key."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import IN_FLIGHT, Method
from chalicelib.award.issuing import issue, status_changes
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.multibase import decode_ed25519
from chalicelib.credential.record import Purpose
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verify.report import Verdict
from tests.award.fakes import BASE_URL, Crash, Fuse, House, new_issuer, unless_done


def test_a_hosted_issuer_is_named_by_its_place_on_this_host(house: House) -> None:
    assert house.issuer.did == "did:web:localhost%3A8000:issuers:acme"
    assert house.issuer_store.issuer("acme") == house.issuer


def test_a_did_key_issuer_is_named_by_its_key() -> None:
    house = House(Method.KEY)
    key = house.issuer.signing_key
    assert house.issuer.did == f"did:key:{key.multibase}"
    assert house.issuer.method_id(key) == f"did:key:{key.multibase}#{key.multibase}"
    assert decode_ed25519(key.multibase) == house.signer.public(key.handle)
    assert house.report(house.issue()).verdict is Verdict.VALID


def test_a_new_issuer_has_two_empty_signed_lists(house: House) -> None:
    for purpose, name in (
        (Purpose.REVOCATION, house.issuer.revocation_list),
        (Purpose.SUSPENSION, house.issuer.suspension_list),
    ):
        listed = house.issuer_store.status_list(name)
        document = json.loads(listed.document)
        assert listed.bits == bytes(131_072 // 8)
        assert listed.purpose is purpose
        assert document["id"] == f"{BASE_URL}/status/{name}"
        assert document["issuer"] == house.issuer.did
        assert document["credentialSubject"]["statusPurpose"] == purpose
        assert document["proof"]["verificationMethod"] == house.issuer.method_id(house.issuer.signing_key)


@pytest.mark.parametrize("name", ["", "Acme", "a_b", "a/b", "a" * 65, "ä", "acme\n", "new"])
def test_ids_that_would_not_fit_a_url_are_refused(house: House, name: str) -> None:
    with pytest.raises(Refused) as refused:
        issuer_actions.create(house.issuer_context, new_issuer(id=name))
    assert refused.value.code == "bad_issuer_id"


@pytest.mark.parametrize("name", ["Two\nlines", "\u202eymedacA emcA", "\u200b"])
def test_an_issuer_s_name_follows_the_rule_of_every_name(house: House, name: str) -> None:
    with pytest.raises(Refused) as refused:
        issuer_actions.create(house.issuer_context, new_issuer(id="beta", name=name))
    assert refused.value.code == "bad_text"


def test_a_second_issuer_of_the_same_id_is_refused_before_a_key_is_made(house: House) -> None:
    with pytest.raises(Conflict) as conflict:
        issuer_actions.create(house.issuer_context, new_issuer(name="Acme Impostors"))
    assert conflict.value.code == "issuer_exists"
    assert house.issuer_store.issuer("acme").name == "Acme Academy"
    assert house.signer.create("next").handle == "key-2"


def test_a_founding_that_dies_stores_nothing_or_all_and_can_be_repeated() -> None:
    for at in range(100):
        for after in (False, True):
            house = House()
            fuse = Fuse(at, after)
            try:
                issuer_actions.create(fuse.build_into(house.issuer_context), new_issuer(id="beta"))
            except Crash:
                pass
            else:
                assert not fuse.burnt
                return
            with unless_done("issuer_exists"):
                issuer_actions.create(house.issuer_context, new_issuer(id="beta"))
            stored = house.issuer_store.issuer("beta")
            assert house.issuer_store.status_list(stored.revocation_list).issuer_id == "beta"
            assert house.issuer_store.status_list(stored.suspension_list).issuer_id == "beta"
    pytest.fail("the fuse never outlasted the founding")


def test_after_a_rotation_the_old_signature_holds_and_the_new_key_signs(house: House) -> None:
    before = house.issue()
    house.clock.advance(timedelta(days=30))
    rotated = issuer_actions.rotate_key(house.issuer_context, "acme")
    after = house.issue()
    assert len(rotated.keys) == 2
    assert rotated.keys[0].retired == house.issuer_context.now() + IN_FLIGHT
    method = json.loads(after.document)["proof"]["verificationMethod"]
    assert method == rotated.method_id(rotated.keys[1]) != json.loads(before.document)["proof"]["verificationMethod"]
    house.clock.advance(timedelta(days=365))
    assert house.report(before).verdict is Verdict.VALID
    assert house.report(after).verdict is Verdict.VALID


def test_after_a_rotation_the_lists_are_signed_with_the_new_key_and_say_the_same(house: House) -> None:
    withdrawn = house.issue()
    status_changes.revoke(house.issuer_context, "acme", withdrawn.id)
    before = house.issuer_store.status_list(house.issuer.revocation_list)
    house.clock.advance(timedelta(days=1))
    rotated = issuer_actions.rotate_key(house.issuer_context, "acme")
    after = house.issuer_store.status_list(house.issuer.revocation_list)
    assert after.bits == before.bits
    assert json.loads(after.document)["proof"]["verificationMethod"] == rotated.method_id(rotated.signing_key)
    assert house.report(withdrawn).verdict is Verdict.REVOKED


class Stale:
    """A ledger that was asked for the issuer some time ago."""

    def __init__(self, house: House) -> None:
        self._ledger, self._issuer = house.issuer_store, house.issuer_store.issuer("acme")

    def issuer(self, issuer_id: str) -> Issuer:
        return self._issuer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


def test_a_signature_that_was_under_way_during_the_rotation_holds(house: House) -> None:
    late = replace(house.issuer_context, issuer_store=Stale(house))
    house.clock.advance(timedelta(seconds=20))
    issuer_actions.rotate_key(house.issuer_context, "acme")
    house.clock.advance(IN_FLIGHT - timedelta(seconds=1))
    assert house.report(issue.issue(late, house.award())).verdict is Verdict.VALID


def test_what_a_retired_key_signs_later_does_not_hold(house: House) -> None:
    late = replace(house.issuer_context, issuer_store=Stale(house))
    issuer_actions.rotate_key(house.issuer_context, "acme")
    house.clock.advance(IN_FLIGHT)
    report = house.report(issue.issue(late, house.award()))
    assert report.verdict is Verdict.INVALID
    assert report.findings[4].code == "key_no_longer_valid"


def test_a_did_key_issuer_cannot_have_another_key() -> None:
    house = House(Method.KEY)
    with pytest.raises(Refused) as refused:
        issuer_actions.rotate_key(house.issuer_context, "acme")
    assert refused.value.code == "did_key_has_one_key"
    assert house.signer.create("next").handle == "key-2"


def test_two_rotations_leave_one_key_that_signs(house: House) -> None:
    issuer_actions.rotate_key(house.issuer_context, "acme")
    first_retired = house.issuer_store.issuer("acme").keys[0].retired
    house.clock.advance(timedelta(days=1))
    rotated = issuer_actions.rotate_key(house.issuer_context, "acme")
    assert [key.retired is None for key in rotated.keys] == [False, False, True]
    assert rotated.keys[0].retired == first_retired


def test_a_rotation_that_dies_leaves_the_issuer_whole_and_can_be_repeated() -> None:
    for at in range(100):
        for after in (False, True):
            house = House()
            record = house.issue()
            fuse = Fuse(at, after)
            try:
                issuer_actions.rotate_key(fuse.build_into(house.issuer_context), "acme")
            except Crash:
                pass
            else:
                assert not fuse.burnt
                return
            assert house.report(record).verdict is Verdict.VALID
            assert house.report(house.issue()).verdict is Verdict.VALID
            issuer_actions.rotate_key(house.issuer_context, "acme")
            assert house.report(record).verdict is Verdict.VALID
    pytest.fail("the fuse never outlasted the rotation")


def test_a_rotation_gives_way_to_a_revocation_and_is_tried_again(house: House) -> None:
    record = house.issue()

    class Meddled(Stale):
        meddled = False

        def replace_issuer(self, changed: Issuer, lists: Any) -> None:
            if not self.meddled:
                self.meddled = True
                status_changes.revoke(house.issuer_context, "acme", record.id)
            house.issuer_store.replace_issuer(changed, lists)

    issuer_actions.rotate_key(replace(house.issuer_context, issuer_store=Meddled(house)), "acme")
    assert house.report(record).verdict is Verdict.REVOKED
    assert len(house.issuer_store.issuer("acme").keys) == 2


def test_a_rotation_that_is_always_beaten_gives_up(house: House) -> None:
    class Busy(Stale):
        def replace_issuer(self, changed: Issuer, lists: Any) -> None:
            raise Conflict("another was first")

    with pytest.raises(Conflict) as conflict:
        issuer_actions.rotate_key(replace(house.issuer_context, issuer_store=Busy(house)), "acme")
    assert conflict.value.code == "busy"
    assert house.issuer_store.issuer("acme") == house.issuer


def test_rotating_nobody_s_key_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        issuer_actions.rotate_key(house.issuer_context, "nobody")
