"""Selective disclosure: what a holder may leave out, and what they must not be able to say."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.credential.build import hash_identity
from chalicelib.credential.record import Purpose
from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.quads import Quads
from chalicelib.verify.formats import embedded
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report, Verdict
from tests.makers import NOW, FakeResolver, as_bytes, good_resolver, status_list, unsigned
from tests.verify.proofs.ecdsa import P256, P384, signed_by
from tests.verify.proofs.extract import PROOF_KEY, Extract, extract

FULL: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:2f3c8a52-6e1d-4b0f-9a52-9c9f1c3f6a10",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Watercolour",
    "issuer": {"id": P256.did, "type": ["Profile"], "name": "Fernhill College"},
    "validFrom": "2026-01-01T00:00:00Z",
    "validUntil": "2026-02-01T00:00:00Z",
    "credentialSubject": {
        "id": "did:example:ada",
        "type": ["AchievementSubject"],
        "result": [{"type": ["Result"], "status": "Completed", "value": "A"}],
        "achievement": {
            "id": "urn:uuid:0d9a4d2c-3a3b-4a57-9a5c-1f6a6f1f7a11",
            "type": ["Achievement"],
            "name": "Watercolour",
            "description": "Paints a landscape from life.",
            "criteria": {"narrative": "Three paintings."},
            "alignment": [
                {"type": ["Alignment"], "targetName": "paint", "targetUrl": "https://skills.example/paint"},
                {"type": ["Alignment"], "targetName": "swim", "targetUrl": "https://skills.example/swim"},
            ],
        },
    },
}


def without(*path: str | int) -> dict[str, Any]:
    """`FULL` without the member at ``path``."""
    document = copy.deepcopy(FULL)
    container: Any = document
    for name in path[:-1]:
        container = container[name]
    del container[path[-1]]
    return document


SHOWN = without("validUntil")


def made(shown: dict[str, Any] = SHOWN, **options: Any) -> Extract:
    return extract(FULL, shown, **options)


def report(document: Any) -> Report:
    return verify(as_bytes(document), resolver=good_resolver().resolver(), now=NOW)


def code(document: Any, check: str = "proof") -> str:
    return next(finding.code for finding in report(document).findings if finding.check == check)


def with_status(*purposes: Purpose) -> dict[str, Any]:
    """`SHOWN` with status entries."""
    entries = [entry for entry in unsigned()["credentialStatus"] if entry["statusPurpose"] in purposes]  # type: ignore[attr-defined]
    return {**SHOWN, "credentialStatus": entries}


BOTH = with_status(*Purpose)


def status_code(shown: dict[str, Any]) -> str:
    """The code of check 7 for an extract of `BOTH`, whose lists say that it is neither revoked nor suspended."""
    lists = {}
    for purpose in Purpose:
        document = {**status_list(purpose), "issuer": P256.did}
        lists[str(document["id"])] = as_bytes(signed_by(P256, "ecdsa-rdfc-2019", document))
    resolver = FakeResolver(lists=lists).resolver()
    findings = verify(as_bytes(extract(BOTH, shown).signed()), resolver=resolver, now=NOW).findings
    return next(finding.code for finding in findings if finding.check == "status")


@pytest.mark.parametrize(
    "shown", [SHOWN, with_status(Purpose.SUSPENSION)], ids=["no status", "a status for suspension only"]
)
def test_an_extract_that_shows_no_status_for_revocation_is_unknown_because_its_holder_may_have_left_it_out(
    shown: dict[str, Any],
) -> None:
    assert status_code(shown) == "status_withheld"


def test_an_extract_that_shows_its_status_is_judged_by_it() -> None:
    assert status_code(BOTH) == "not_revoked"
    assert status_code(with_status(Purpose.REVOCATION)) == "not_revoked"


def test_an_extract_without_an_end_date_shows_none_instead_of_having_none() -> None:
    finding = next(each for each in report(made().signed()).findings if each.check == "dates")
    assert finding.message == "It is valid now and shows no end date."


def test_a_derived_proof_is_genuine_and_says_that_things_were_left_out() -> None:
    result = report(made().signed())
    assert (result.verdict, result.format) == (Verdict.UNKNOWN, "Open Badges 3.0, ecdsa-sd-2023")
    assert result.credential is not None
    assert "what its holder left out, which can include an end date" in result.not_checked
    assert result.findings[9].code == "extras_not_followed"


RECIPIENT = {"type": "IdentityObject", "hashed": True, "identityType": "emailAddress", "salt": "seasalt"}


@pytest.mark.parametrize(
    ("left_out", "email", "code"),
    [
        ("", "ada@example.org", "recipient_matches"),
        ("salt", "ada@example.org", "recipient_withheld"),
        ("", "eve@example.org", "recipient_withheld"),
    ],
    ids=["shown", "salt left out", "another address"],
)
def test_an_extract_is_never_said_to_be_for_another_address_that_its_holder_may_have_left_out(
    left_out: str, email: str, code: str
) -> None:
    identifier = {**RECIPIENT, "identityHash": hash_identity("ada@example.org", "seasalt")}
    full = {**SHOWN, "credentialSubject": {**SHOWN["credentialSubject"], "identifier": [identifier]}}
    shown = copy.deepcopy(full)
    shown["credentialSubject"]["identifier"][0].pop(left_out, None)
    source = as_bytes(extract(full, shown).signed())
    result = verify(source, resolver=good_resolver().resolver(), now=NOW, options=VerificationOptions(email))
    assert result.findings[8].code == code


def test_the_whole_credential_may_be_shown() -> None:
    assert report(made(FULL).signed()).verdict is Verdict.EXPIRED


@pytest.mark.parametrize(
    "path", [("name",), ("credentialSubject", "achievement", "alignment", 1)], ids=["name", "skill"]
)
def test_a_holder_may_leave_out_what_is_not_mandatory(path: tuple[str | int, ...]) -> None:
    assert report(made(without(*path)).signed()).credential is not None


@pytest.mark.parametrize(
    "path", [("credentialSubject", "achievement", "criteria"), ("validFrom",)], ids=["criteria", "start"]
)
def test_an_extract_without_what_the_standard_requires_is_unknown_because_the_holder_may_have_left_it_out(
    path: tuple[str | int, ...],
) -> None:
    result = report(made(without(*path)).signed())
    assert result.verdict is Verdict.UNKNOWN
    assert (result.findings[1].code, "left it out" in result.findings[1].message) == ("structure_incomplete", True)


def test_what_is_mandatory_cannot_be_left_out() -> None:
    def mandatory(line: str) -> bool:
        return "validUntil" in line or "credentials#issuer>" in line

    assert report(made(FULL, mandatory=mandatory).signed()).verdict is Verdict.EXPIRED
    assert code(made(SHOWN, mandatory=mandatory).signed()) == "signature_wrong"


def test_a_statement_without_its_signature_and_a_signature_without_its_statement_are_refused() -> None:
    fewer, more = made(), made()
    fewer.signatures.pop()
    more.signatures.append(more.signatures[0])
    assert code(fewer.signed()) == code(more.signed()) == "signature_wrong"
    shortened = made(FULL)
    shortened.document = SHOWN
    assert code(shortened.signed()) == "signature_wrong"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "Oil"),
        (("issuer", "name"), "Other College"),
        (("credentialSubject", "achievement", "criteria", "narrative"), "One painting."),
    ],
    ids=["name", "issuer", "criteria"],
)
def test_a_changed_statement_is_refused(path: tuple[str, ...], value: str) -> None:
    document = copy.deepcopy(made().signed())
    container: Any = document
    for name in path[:-1]:
        container = container[name]
    container[path[-1]] = value
    assert code(document) == "signature_wrong"


def test_members_cannot_be_exchanged_between_nodes() -> None:
    document = copy.deepcopy(made().signed())
    first, second = document["credentialSubject"]["achievement"]["alignment"]
    first["targetUrl"], second["targetUrl"] = second["targetUrl"], first["targetUrl"]
    assert code(document) == "signature_wrong"


def test_one_signed_node_cannot_be_shown_as_two() -> None:
    """With one label for two nodes, every statement would be one that was signed, but about two different things."""
    shown = made()
    document = copy.deepcopy(shown.document)
    [result] = document["credentialSubject"]["result"]
    document["credentialSubject"]["result"] = [
        {"type": ["Result"], "status": result["status"]},
        {"type": ["Result"], "value": result["value"]},
    ]
    labels = list(shown.labels.values())
    for first in labels:
        for position in range(len(labels) + 1):
            split = [*labels[:position], first, *labels[position:]]
            shown.document, shown.labels = document, dict(enumerate(split))
            assert code(shown.signed(), "structure") == "proof_malformed"


def test_labels_must_be_those_of_the_nodes() -> None:
    added, missing, exchanged = made(), made(), made()
    added.labels[len(added.labels)] = bytes(32)
    missing.labels.pop(0)
    exchanged.labels[0], exchanged.labels[1] = exchanged.labels[1], exchanged.labels[0]
    for changed in (added, missing, exchanged):
        assert code(changed.signed()) == "signature_wrong"


def test_another_key_for_the_statements_is_refused() -> None:
    shown = made()
    shown.public_key = P256.public_prefix + P256.point
    assert code(shown.signed()) == "signature_wrong"


def test_statements_signed_by_another_key_are_refused() -> None:
    shown = made()
    shown.signatures = [P256.sign(b"anything") for _ in shown.signatures]
    assert code(shown.signed()) == "signature_wrong"


def test_more_or_fewer_statements_cannot_be_declared_mandatory() -> None:
    fewer, more, outside = made(), made(), made()
    fewer.mandatory.pop()
    more.mandatory.append(next(at for at in range(100) if at not in more.mandatory))
    outside.mandatory.append(10_000)
    for changed in (fewer, more, outside):
        assert code(changed.signed()) == "signature_wrong"


def test_changed_options_of_the_proof_are_refused() -> None:
    shown = made()
    shown.options["created"] = "2026-11-22T11:00:00Z"
    assert code(shown.signed()) == "signature_wrong"


def test_the_issuers_key_must_be_on_the_curve_of_the_suite() -> None:
    shown = made()
    shown.options["verificationMethod"] = P384.method
    assert code(shown.signed()) == "algorithm_mismatch"


def test_a_base_proof_is_the_holders_own_copy_and_not_judged() -> None:
    shown = made()
    shown.header = b"\xd9\x5d\x00"
    result = report(shown.signed())
    assert (result.verdict, result.credential, result.findings[3].code) == (Verdict.UNKNOWN, None, "base_proof")


def test_an_invalid_proof_next_to_a_base_proof_is_invalid() -> None:
    shown = made()
    shown.header = b"\xd9\x5d\x00"
    other = {**signed_by(P256, "ecdsa-rdfc-2019", SHOWN)["proof"], "created": "2026-11-22T11:00:00Z"}  # type: ignore[dict-item]
    assert code({**SHOWN, "proof": [shown.signed()["proof"], other]}) == "signature_wrong"


def test_a_derived_proof_may_be_in_a_set() -> None:
    disclosing, other = made().signed()["proof"], signed_by(P256, "ecdsa-rdfc-2019", SHOWN)["proof"]
    assert report({**SHOWN, "proof": [disclosing, other]}).verdict is Verdict.VALID
    hidden = {**SHOWN, "name": "Oil"}
    both = {**hidden, "proof": [signed_by(P256, "ecdsa-rdfc-2019", hidden)["proof"], disclosing]}
    assert code(both) == "signature_wrong"


def test_a_second_derived_proof_is_one_too_many() -> None:
    proof = made().signed()["proof"]
    assert code({**SHOWN, "proof": [proof, proof]}, "structure") == "too_many_proofs"


def test_the_labels_of_a_document_are_found_once_for_all_its_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = []
    issue = rdfc.issue

    def counted(quads: Quads, **options: Any) -> dict[str, str]:
        documents.append(len(quads))
        return issue(quads, **options)

    proofs = [made().signed()["proof"], signed_by(P256, "ecdsa-rdfc-2019", SHOWN)["proof"]]
    monkeypatch.setattr(rdfc, "issue", counted)
    assert code({**SHOWN, "proof": proofs}) == "signature_valid"
    assert documents.count(max(documents)) == 1


def test_a_derived_proof_in_a_chain_is_unknown() -> None:
    shown = made()
    shown.options["previousProof"] = "urn:uuid:1"
    other = {**signed_by(P256, "ecdsa-rdfc-2019", SHOWN)["proof"], "id": "urn:uuid:1"}  # type: ignore[dict-item]
    document = {**SHOWN, "proof": [shown.signed()["proof"], other]}
    assert code(document) in {"proof_chain_unsupported", "signature_wrong"}
    assert report(document).credential is None


def malformed() -> dict[str, Extract]:
    cases = {name: made() for name in ("key size", "key prefix", "key point", "signature", "label", "twice", "base")}
    cases["key size"].public_key += b"\0"
    cases["key prefix"].public_key = P384.public_prefix + PROOF_KEY.point
    cases["key point"].public_key = PROOF_KEY.public_prefix + b"\2" + b"\xff" * 32
    cases["signature"].signatures[0] += b"\0"
    cases["label"].labels[0] = bytes(31)
    cases["twice"].mandatory.append(cases["twice"].mandatory[0])
    cases["base"].base_signature = bytes(63)
    return cases


MALFORMED = malformed()


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_proof_value_is_refused(name: str) -> None:
    assert code(MALFORMED[name].signed(), "structure") == "proof_malformed"


@pytest.mark.parametrize("value", [None, 1, "", "u", "u2V0B", "u2V0C", "z2V0B", "u2V0Bü", "u2V0B="], ids=str)
def test_a_proof_value_that_is_none_is_refused(value: object) -> None:
    document = made().signed()
    assert code({**document, "proof": {**document["proof"], "proofValue": value}}, "structure") == "proof_malformed"


def test_too_many_signed_statements_are_unknown() -> None:
    shown = made()
    shown.signatures = [shown.signatures[0]] * (embedded.MAX_STATEMENTS + 1)
    result = report(shown.signed())
    assert (result.verdict, result.findings[1].code) == (Verdict.UNKNOWN, "too_many_proofs")


def test_an_undefined_member_beside_a_valid_derived_proof_is_partly_unsigned() -> None:
    document = {**made().signed(), "addedByAnyone": "x"}
    assert (report(document).verdict, code(document, "context")) == (Verdict.UNKNOWN, "partly_unsigned")
    assert code(document) == "signature_valid"
