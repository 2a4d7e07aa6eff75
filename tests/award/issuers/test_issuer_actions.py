"""Creating an issuer."""

from __future__ import annotations

import json

import pytest

from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import Method
from chalicelib.credential.multibase import decode_ed25519
from chalicelib.credential.record import Purpose
from chalicelib.errors import Conflict, Refused
from chalicelib.verify.report import Verdict
from tests.award.fakes import BASE_URL, Crash, Fuse, IssuerFixture, allow_conflict, new_issuer


def test_hosted_issuer_has_a_did_web_of_this_host(acme: IssuerFixture) -> None:
    assert acme.issuer.did == "did:web:localhost%3A8000:issuers:acme"
    assert acme.issuer_store.issuer("acme") == acme.issuer


def test_did_key_issuer_has_the_did_of_its_key() -> None:
    acme = IssuerFixture(Method.KEY)
    key = acme.issuer.signing_key
    assert acme.issuer.did == f"did:key:{key.multibase}"
    assert acme.issuer.method_id(key) == f"did:key:{key.multibase}#{key.multibase}"
    assert decode_ed25519(key.multibase) == acme.signer.public(key.handle)
    assert acme.report(acme.issue()).verdict is Verdict.VALID


def test_new_issuer_has_two_empty_signed_status_lists(acme: IssuerFixture) -> None:
    for purpose, name in (
        (Purpose.REVOCATION, acme.issuer.revocation_list),
        (Purpose.SUSPENSION, acme.issuer.suspension_list),
    ):
        listed = acme.issuer_store.status_list(name)
        document = json.loads(listed.document)
        assert listed.bits == bytes(131_072 // 8)
        assert listed.purpose is purpose
        assert document["id"] == f"{BASE_URL}/status/{name}"
        assert document["issuer"] == acme.issuer.did
        assert document["credentialSubject"]["statusPurpose"] == purpose
        assert document["proof"]["verificationMethod"] == acme.issuer.method_id(acme.issuer.signing_key)


@pytest.mark.parametrize("name", ["", "Acme", "a_b", "a/b", "a" * 65, "ä", "acme\n", "new"])
def test_issuer_id_that_is_not_url_safe_is_refused(acme: IssuerFixture, name: str) -> None:
    with pytest.raises(Refused) as refused:
        issuer_actions.create(acme.issuer_context, new_issuer(id=name))
    assert refused.value.code == "bad_issuer_id"


@pytest.mark.parametrize("name", ["Two\nlines", "\u202eymedacA emcA", "\u200b"])
def test_misleading_issuer_name_is_refused(acme: IssuerFixture, name: str) -> None:
    with pytest.raises(Refused) as refused:
        issuer_actions.create(acme.issuer_context, new_issuer(id="beta", name=name))
    assert refused.value.code == "bad_text"


def test_duplicate_issuer_id_is_refused(acme: IssuerFixture) -> None:
    with pytest.raises(Conflict) as conflict:
        issuer_actions.create(acme.issuer_context, new_issuer(name="Acme Impostors"))
    assert conflict.value.code == "issuer_exists"
    assert acme.issuer_store.issuer("acme").name == "Acme Academy"


def test_issuer_creation_is_atomic_and_can_be_repeated_after_a_crash() -> None:
    for at in range(100):
        for after in (False, True):
            acme = IssuerFixture()
            fuse = Fuse(at, after)
            try:
                issuer_actions.create(fuse.build_into(acme.issuer_context), new_issuer(id="beta"))
            except Crash:
                pass
            else:
                assert not fuse.triggered
                return
            with allow_conflict("issuer_exists"):
                issuer_actions.create(acme.issuer_context, new_issuer(id="beta"))
            stored = acme.issuer_store.issuer("beta")
            assert acme.issuer_store.status_list(stored.revocation_list).issuer_id == "beta"
            assert acme.issuer_store.status_list(stored.suspension_list).issuer_id == "beta"
    pytest.fail("no run completed without a crash")
