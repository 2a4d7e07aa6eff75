"""Proofs that sign other proofs (`previousProof`)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from chalicelib.credential.multibase import encode_base58btc
from chalicelib.errors import Malformed
from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.quads import to_quads
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.data_integrity import rdf_hash, signed_bytes
from chalicelib.verify.formats import embedded
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.pipeline import verify
from chalicelib.verify.proofs.chain import previous_proofs
from chalicelib.verify.report import Report, Verdict
from tests.makers import ISSUER_KEY, NOW, OTHER_KEY, Signatory, as_bytes, good_resolver, unsigned

SUITES = ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
FIRST, SECOND = "urn:uuid:1d0a7a3e-0000-4000-8000-000000000001", "urn:uuid:1d0a7a3e-0000-4000-8000-000000000002"


def report(document: Any) -> Report:
    return verify(as_bytes(document), resolver=good_resolver().resolver(), now=NOW)


def code(document: Any, check: str = "proof") -> str:
    return next(finding.code for finding in report(document).findings if finding.check == check)


def with_proof(document: dict[str, Any], suite: str, key: Signatory, **members: Any) -> dict[str, Any]:
    """``document`` with one more proof, which signs those that its `previousProof` names."""
    proofs = document.get("proof", [])
    bare = {name: value for name, value in document.items() if name != "proof"}
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2026-11-22T12:00:00Z",
        "verificationMethod": key.method,
        "proofPurpose": "assertionMethod",
        **({"@context": document["@context"]} if "jcs" in suite else {}),
        **members,
    }
    named = members.get("previousProof", [])
    earlier = [proof for proof in proofs if "id" in proof and proof["id"] in named]
    signed = signed_bytes({**bare, "proof": earlier} if earlier else bare, options, suite)
    proof = {**options, "proofValue": encode_base58btc(key.private.sign(signed))}
    return {**bare, "proof": [*proofs, proof]}


def chain(suite: str) -> dict[str, Any]:
    document = with_proof(unsigned(), suite, ISSUER_KEY, id=FIRST)
    return with_proof(document, suite, OTHER_KEY, id=SECOND, previousProof=FIRST)


@pytest.mark.parametrize("suite", SUITES)
def test_a_chain_is_valid_when_every_proof_is(suite: str) -> None:
    assert report(chain(suite)).verdict is Verdict.VALID
    longer = with_proof(chain(suite), suite, OTHER_KEY, previousProof=[SECOND, FIRST])
    assert report(longer).verdict is Verdict.VALID


@pytest.mark.parametrize("suite", SUITES)
def test_the_order_of_the_proofs_of_a_chain_does_not_matter(suite: str) -> None:
    document = chain(suite)
    assert report({**document, "proof": document["proof"][::-1]}).verdict is Verdict.VALID


@pytest.mark.parametrize("suite", SUITES)
def test_exchanging_a_signed_earlier_proof_for_another_valid_one_is_refused(suite: str) -> None:
    document = chain(suite)
    other = with_proof(unsigned(), suite, ISSUER_KEY, id=FIRST, created="2026-11-22T11:00:00Z")["proof"]
    assert report({**document, "proof": other}).verdict is Verdict.VALID
    assert code({**document, "proof": [*other, document["proof"][1]]}) == "signature_wrong"


@pytest.mark.parametrize("suite", SUITES)
def test_a_later_proof_that_signs_only_the_document_is_refused(suite: str) -> None:
    document = with_proof(unsigned(), suite, ISSUER_KEY, id=FIRST)
    alone = with_proof(unsigned(), suite, OTHER_KEY, previousProof="urn:uuid:none")["proof"][0]
    assert code({**document, "proof": [document["proof"][0], {**alone, "previousProof": FIRST}]}) == "signature_wrong"


@pytest.mark.parametrize("suite", SUITES)
def test_a_chain_from_which_the_earlier_proof_was_removed_is_refused(suite: str) -> None:
    document = chain(suite)
    assert code({**document, "proof": document["proof"][1:]}, "structure") == "previous_proof_missing"


def test_a_text_chain_over_a_proof_of_an_unknown_type_stays_unknown_for_that_type() -> None:
    other = {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023", "id": FIRST}
    document = with_proof(unsigned() | {"proof": [other]}, "eddsa-jcs-2022", ISSUER_KEY, previousProof=FIRST)
    assert (code(document), report(document).verdict) == ("suite_unsupported", Verdict.UNKNOWN)


def test_a_chain_over_a_proof_whose_meaning_is_unknown_is_unknown() -> None:
    other = {"type": "SomethingElse2031", "id": FIRST, "whatever": 1}
    document = with_proof(unsigned(), "eddsa-rdfc-2022", ISSUER_KEY)
    [proof] = document["proof"]
    chained = {**document, "proof": [{**proof, "previousProof": FIRST}, other]}
    assert (code(chained), report(chained).verdict) == ("proof_chain_unsupported", Verdict.UNKNOWN)


@pytest.mark.parametrize("named", [None, 1, [], [1], {}, [[FIRST]]], ids=str)
def test_a_value_that_names_no_proof_is_malformed(named: object) -> None:
    with pytest.raises(Malformed) as caught:
        previous_proofs(named, [{"id": FIRST}])
    assert caught.value.code == "proof_malformed"


def test_two_proofs_with_one_id_are_refused_when_a_chain_names_it() -> None:
    with pytest.raises(Malformed) as caught:
        previous_proofs(FIRST, [{"id": FIRST}, {"id": FIRST, "created": "2026-11-22T12:00:00Z"}])
    assert caught.value.code == "proof_malformed"


def test_a_chain_cannot_hide_members_of_the_credential_in_a_proof() -> None:
    """A statement that moves from the document into a signed proof no longer is the issuer's statement."""
    document = chain("eddsa-rdfc-2022")
    subject = document.pop("credentialSubject")
    document["proof"][0]["credentialSubject"] = subject
    assert report(document).credential is None


def test_more_chained_proofs_over_rdf_than_are_checked_are_unknown() -> None:
    first, second = chain("eddsa-rdfc-2022")["proof"]
    document = {**unsigned(), "proof": [first, *[second] * (embedded.MAX_CHAINED + 1)]}
    assert (code(document, "structure"), report(document).verdict) == ("too_many_proofs", Verdict.UNKNOWN)


def test_an_undefined_member_beside_a_valid_chain_is_partly_unsigned() -> None:
    document = {**chain("eddsa-rdfc-2022"), "addedByAnyone": "x"}
    result = report(document)
    assert (result.verdict, code(document, "context")) == (Verdict.UNKNOWN, "partly_unsigned")
    assert (code(document), code(document, "signer")) == ("signature_valid", "signer_is_issuer")


def test_a_chain_over_rdf_spends_the_work_of_its_request() -> None:
    """Each proof that signs others needs the whole document in canonical form once more."""
    alone, chained = with_proof(unsigned(), "eddsa-rdfc-2022", ISSUER_KEY, id=FIRST), chain("eddsa-rdfc-2022")
    spent = []
    for document in (alone, {**chained, "proof": [chained["proof"][0]]}, chained):
        resolver = good_resolver().resolver()
        verify(as_bytes(document), resolver=resolver, now=NOW)
        spent.append(Work().left - resolver.work.left)
    assert spent[0] == spent[1]
    steps = Work()
    rdf_hash(to_quads({**unsigned(), "proof": chained["proof"][:1]}), Algorithm.EDDSA, steps)
    assert Work().left - steps.left > 0
    assert spent[2] - spent[1] > Work().left - steps.left


def test_a_chain_is_hashed_with_the_hash_of_its_own_algorithm() -> None:
    """The hash of P-384 also decides the labels of unnamed objects (ECDSA Cryptosuites v1.0, 3.2.4)."""
    document = unsigned()
    results = [{"type": ["Result"], "value": str(number)} for number in range(12)]
    document["credentialSubject"]["result"] = results  # type: ignore[index]
    hashes = {rdf_hash(to_quads(document), algorithm, Work()) for algorithm in (Algorithm.EDDSA, Algorithm.ES256)}
    assert len(hashes) == 1
    own = hashlib.sha384(rdfc.canonicalize(to_quads(document), digest=hashlib.sha384)).digest()
    assert rdf_hash(to_quads(document), Algorithm.ES384, Work()) == own
    assert own != hashlib.sha384(rdfc.canonicalize(to_quads(document))).digest()
