"""Regression tests for attacks that once succeeded. For denial of service see tests/conformance/test_bounds.py."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt as pyjwt
import pytest

from chalicelib.credential import vocabulary as v
from chalicelib.credential.build import hash_identity
from chalicelib.credential.multibase import encode_base58btc
from chalicelib.credential.record import Purpose
from chalicelib.errors import Malformed
from chalicelib.reports import pasted
from chalicelib.verify import bitstring
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.quads import to_quads
from chalicelib.verify.data_integrity import signed_bytes
from chalicelib.verify.keys.did_document import controller_of
from chalicelib.verify.keys.public_key import UnusableKey
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report, Verdict
from tests.makers import (
    EMPTY_BITS,
    ISSUER_KEY,
    NOW,
    OTHER_KEY,
    FakeResolver,
    as_bytes,
    good_resolver,
    list_url,
    signed,
    status_list,
    unsigned,
)

PAST = int((NOW - timedelta(days=1)).timestamp())
FUTURE = int((NOW + timedelta(days=400)).timestamp())
PLAIN: dict[str, Any] = {
    "@context": [v.CREDENTIALS_V2],
    "type": ["VerifiableCredential"],
    "issuer": ISSUER_KEY.did,
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:a"},
}
V1: dict[str, Any] = {
    **{name: value for name, value in PLAIN.items() if name != "validFrom"},
    "@context": [v.CREDENTIALS_V1, "https://w3id.org/security/data-integrity/v2"],
    "issuanceDate": "2026-01-01T00:00:00Z",
}


def report(
    source: bytes | dict[str, Any], resolver: FakeResolver | None = None, options: VerificationOptions = DEFAULT_OPTIONS
) -> Report:
    source = source if isinstance(source, bytes) else as_bytes(source)
    return verify(source, resolver=(resolver or good_resolver()).resolver(), now=NOW, options=options)


def token(payload: dict[str, Any], **header: Any) -> bytes:
    header = {"typ": "vc+jwt", "kid": ISSUER_KEY.method, **header}
    return pyjwt.encode(payload, ISSUER_KEY.private, "EdDSA", headers=header).encode()


def resolver_with_index_7_revoked() -> FakeResolver:
    resolver = good_resolver()
    bits = bitstring.with_bit(EMPTY_BITS, 7, True)
    resolver.lists[list_url(Purpose.REVOCATION)] = as_bytes(signed(status_list(Purpose.REVOCATION, bits)))
    return resolver


def named(report: Report) -> str:
    assert report.credential is not None
    return report.credential["achievement"]["name"]  # type: ignore[index, no-any-return]


def refusal_code(document: dict[str, Any]) -> str:
    """Return the code with which ``document`` is refused before any signature check: its RDF equals the attack's."""
    with pytest.raises(CanonicalError) as caught:
        to_quads(document)
    return caught.value.code


def test_another_credential_of_the_issuer_cannot_replace_the_root() -> None:
    """RDF has no root. A revoked badge, rewritten as a valid "endorsement" with the same quads, was shown as valid."""
    badge: Any = unsigned()
    badge["@context"] = [*badge["@context"], "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    endorsement = {
        "id": "urn:uuid:e",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": badge["issuer"],
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:ada", "type": ["EndorsementSubject"], "endorsementComment": "Good."},
        "refreshService": {"id": badge["id"], "type": "1EdTechCredentialRefresh"},  # as in 1EdTech's full example badge
    }
    badge["endorsement"] = [endorsement]
    assert refusal_code(badge) == "node_split"
    by_another_issuer = {**endorsement, "issuer": "did:example:another"}
    assert to_quads({**badge, "endorsement": [by_another_issuer]})
    without_reference = {name: value for name, value in endorsement.items() if name != "refreshService"}
    assert to_quads({**badge, "endorsement": [without_reference]})


def at(document: Any, path: str) -> Any:
    """Return the value in ``document`` at ``path``, whose parts are separated by dots."""
    for part in path.split("."):
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


SUBJECT, ACHIEVEMENT = "credentialSubject", "credentialSubject.achievement"


@pytest.mark.parametrize("suite", [v.EDDSA_RDFC_2022, v.EDDSA_JCS_2022])
@pytest.mark.parametrize(
    ("source", "target", "member"),
    [
        ("issuer", f"{ACHIEVEMENT}.creator", "name"),
        ("issuer", f"{ACHIEVEMENT}.creator", "url"),
        ("issuer", SUBJECT, "name"),
        (f"{ACHIEVEMENT}.criteria", "evidence.0", "narrative"),
        (f"{ACHIEVEMENT}.criteria", ACHIEVEMENT, "narrative"),
    ],
)
def test_members_moved_to_another_mention_of_a_node_are_still_shown(
    source: str, target: str, member: str, suite: str
) -> None:
    """RDF has nodes, not places: with a valid proof, an issuer could lose its name, and criteria their text."""
    badge: Any = unsigned()
    badge["evidence"] = [{"id": "https://works.example/1", "type": ["Evidence"], "name": "The exam"}]
    achievement = badge[SUBJECT]["achievement"]
    achievement["criteria"] = {"id": "https://school.example/criteria", "narrative": "Passes the exam."}
    achievement["creator"] = {"id": "did:example:creator", "type": ["Profile"]}
    badge["issuer"]["url"] = "https://school.example"
    at(badge, source)["id"] = at(badge, target)["id"] = at(badge, source).get("id", "did:example:ada")
    before = signed(badge, suite=suite)
    after = copy.deepcopy(before)
    at(after, target)[member] = at(after, source).pop(member)
    before_report, after_report = report(before), report(after)
    assert before_report.verdict is Verdict.VALID
    if suite == v.EDDSA_JCS_2022:
        assert after_report.verdict is Verdict.INVALID
    else:
        assert (after_report.verdict, after_report.credential) == (Verdict.VALID, before_report.credential)


@pytest.mark.parametrize("path", [ACHIEVEMENT, f"{ACHIEVEMENT}.criteria", "issuer.image", SUBJECT])
def test_members_wrapped_in_a_list_of_one_are_still_shown(path: str) -> None:
    """RDF has no list of one. A credential other than an Open Badge lost its achievement from the view."""
    badge: Any = {**unsigned(), "type": ["VerifiableCredential"]}
    badge["issuer"]["image"] = {"id": "https://fernhill.example/logo.png", "type": "Image"}
    before = signed(badge)
    after = copy.deepcopy(before)
    parent_path, _, name = path.rpartition(".")
    container = at(after, parent_path) if parent_path else after
    container[name] = [container[name]]
    before_report, after_report = report(before), report(after)
    assert (after_report.verdict, after_report.credential) == (Verdict.VALID, before_report.credential)


def test_another_partys_proof_over_rdf_does_not_change_what_is_shown() -> None:
    """The issuer signed JSON; another party's additional proof over RDF made text from another mention appear."""
    badge: Any = unsigned()
    logo = {"id": "https://other.example/logo.png", "type": "Image"}
    badge[SUBJECT]["achievement"]["creator"] = {"id": ISSUER_KEY.did, "type": ["Profile"], "image": logo}
    alone = signed(badge, suite=v.EDDSA_JCS_2022)
    other_proof = signed(badge, OTHER_KEY, suite=v.EDDSA_RDFC_2022)["proof"]
    before_report, after_report = report(alone), report({**alone, "proof": [alone["proof"], other_proof]})
    assert (after_report.verdict, after_report.credential) == (Verdict.VALID, before_report.credential)
    report_with_both = report({**alone, "proof": [alone["proof"], signed(badge, suite=v.EDDSA_RDFC_2022)["proof"]]})
    assert report_with_both.credential == before_report.credential


def test_another_partys_proof_over_json_does_not_hide_moved_members() -> None:
    badge: Any = unsigned()
    badge[SUBJECT]["achievement"]["creator"] = {"id": ISSUER_KEY.did, "type": ["Profile"]}
    before = signed(badge)
    moved = copy.deepcopy(badge)
    moved[SUBJECT]["achievement"]["creator"]["name"] = moved["issuer"].pop("name")
    other_proof = signed(moved, OTHER_KEY, suite=v.EDDSA_JCS_2022)["proof"]
    before_report, after_report = report(before), report({**moved, "proof": [before["proof"], other_proof]})
    assert (after_report.verdict, after_report.credential) == (Verdict.VALID, before_report.credential)


def test_a_status_size_counts_at_every_mention_of_the_entry() -> None:
    """When it was moved out of the entry, Laurel read one bit where the issuer used two, at the wrong position."""
    badge: Any = unsigned()
    entry = badge["credentialStatus"][0]
    badge["evidence"] = [{"id": entry["id"], "type": ["Evidence"]}]
    entry["statusSize"] = 2
    before = signed(badge)
    after = copy.deepcopy(before)
    after["evidence"][0]["type"] = [
        "Evidence",
        entry["type"],
    ]  # the same node as the entry, so the member may be here too
    after["evidence"][0]["statusSize"] = after["credentialStatus"][0].pop("statusSize")
    for document in (before, after):
        assert report(document).findings[6].code == "status_list_too_short"


def test_a_salt_in_a_list_of_one_still_matches_the_recipient() -> None:
    before: Any = signed(unsigned())
    after = copy.deepcopy(before)
    hashed = after[SUBJECT]["identifier"][1]
    hashed["salt"] = [hashed["salt"]]
    for document in (before, after):
        assert (
            report(document, options=VerificationOptions(email="ada@example.org")).findings[8].code
            == "recipient_matches"
        )


def test_status_entries_with_the_same_id_are_refused() -> None:
    document: Any = unsigned()
    for entry in document["credentialStatus"]:
        entry["id"] = "urn:uuid:status"
    assert refusal_code(document) == "node_split"


def test_a_nested_credential_cannot_swap_achievements_with_the_badge() -> None:
    document: Any = unsigned()
    document["credentialSubject"]["id"] = "did:example:holder"
    criteria = {"narrative": "-"}
    other = {"id": "urn:x:md", "type": ["Achievement"], "name": "Doctor", "description": "-", "criteria": criteria}
    subject = {"id": "did:example:holder", "type": ["AchievementSubject"], "achievement": other}
    document["endorsement"] = [
        {
            "id": "urn:uuid:e",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": "did:example:x",
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": subject,
        }
    ]
    assert refusal_code(document) == "node_split"


def test_the_badge_type_cannot_move_to_another_mention() -> None:
    document: Any = unsigned()
    document["refreshService"] = {"id": document["id"], "type": "OpenBadgeCredential"}
    assert refusal_code(document) == "node_split"


def test_with_several_subjects_only_the_matching_recipients_achievement_is_shown() -> None:
    """Subjects are a set: a holder could move another subject's achievement to the front."""

    def subject(email: str, salt: str, name: str) -> dict[str, Any]:
        identity = {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": hash_identity(email, salt),
            "identityType": "emailAddress",
            "salt": salt,
        }
        achievement = {
            "id": f"urn:x:{salt}",
            "type": ["Achievement"],
            "name": name,
            "description": name,
            "criteria": {"narrative": name},
        }
        return {"type": ["AchievementSubject"], "identifier": [identity], "achievement": achievement}

    document: Any = unsigned()
    del document["credentialStatus"], document["name"]
    document["credentialSubject"] = [
        subject("bob@example.org", "s2", "Attended"),
        subject("alice@example.org", "s1", "Doctor of Medicine"),
    ]
    badge: Any = signed(document)
    badge["credentialSubject"].reverse()
    after = report(badge, options=VerificationOptions("bob@example.org"))
    assert after.verdict is not Verdict.VALID or named(after) == "Attended"


@pytest.mark.parametrize(
    "payload",
    [
        {**PLAIN, "exp": PAST, "validUntil": "2030-01-01T00:00:00Z"},
        {**PLAIN, "exp": PAST, "expirationDate": "2030-01-01T00:00:00Z"},
        {**PLAIN, "nbf": FUTURE},
        {**V1, "exp": PAST, "validUntil": "2030-01-01T00:00:00Z"},
        {**V1, "exp": PAST, "expirationDate": "2030-01-01T00:00:00Z"},
    ],
    ids=["exp, validUntil", "exp, foreign end", "nbf, validFrom", "V1 exp, foreign end", "V1 exp, expirationDate"],
)
def test_a_token_outside_its_validity_period_is_never_valid(payload: dict[str, Any]) -> None:
    """RFC 7519, 4.1.4 and 4.1.5: such a token MUST NOT be accepted."""
    assert report(token(payload, typ="JWT")).verdict is not Verdict.VALID


def test_a_token_expires_at_the_second_of_exp() -> None:
    assert report(token({**PLAIN, "exp": int(NOW.timestamp())})).verdict is not Verdict.VALID


@pytest.mark.parametrize("suite", [v.EDDSA_RDFC_2022, v.EDDSA_JCS_2022])
@pytest.mark.parametrize(
    "more", [{"validUntil": "2020-01-01T00:00:00Z"}, {"validFrom": "2030-01-01T00:00:00Z"}], ids=str
)
def test_second_model_dates_in_a_first_model_credential_apply(suite: str, more: dict[str, str]) -> None:
    """credentials/v1 also defines `validFrom` and `validUntil`; they are signed, so they apply."""
    assert report(signed({**V1, **more}, suite=suite)).verdict is not Verdict.VALID
    assert report(token({"vc": {**V1, **more}}, typ="JWT")).verdict is not Verdict.VALID


def test_an_expiration_date_in_a_second_model_credential_applies() -> None:
    document = {**PLAIN, "expirationDate": "2020-01-01T00:00:00Z"}
    assert report(token(document)).verdict is not Verdict.VALID
    assert report(signed(document, suite=v.EDDSA_JCS_2022)).verdict is not Verdict.VALID


def test_a_status_next_to_the_vc_claim_is_not_dropped() -> None:
    status = {
        "id": "urn:x",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": list_url(Purpose.REVOCATION),
    }
    source = token({"iss": ISSUER_KEY.did, "vc": V1, "credentialStatus": status}, typ="JWT")
    assert report(source, resolver_with_index_7_revoked()).verdict is not Verdict.VALID


def test_a_revoked_key_cannot_sign_with_an_earlier_date() -> None:
    """Controlled Identifiers 1.0: do not trust it at or after the revocation; the signer chooses `created`."""
    did = "did:web:fernhill.example"
    method = {
        "id": f"{did}#k",
        "type": "Multikey",
        "controller": did,
        "revoked": "2025-01-01T00:00:00Z",
        "publicKeyMultibase": ISSUER_KEY.method.partition("#")[2],
    }
    resolver = good_resolver()
    resolver.controllers[did] = controller_of(
        {"id": did, "verificationMethod": [method], "assertionMethod": [f"{did}#k"]}, did
    )
    document = {**PLAIN, "issuer": did, "validFrom": "2024-06-01T00:00:00Z"}
    created = datetime(2024, 12, 31, tzinfo=UTC)
    assert report(signed(document, method=f"{did}#k", created=created), resolver).verdict is not Verdict.VALID


def proven_with(options: dict[str, Any], suite: str) -> dict[str, Any]:
    """`PLAIN` with a proof by its issuer whose signed options include ``options``."""
    kind = {"type": suite} if suite == v.ED25519_SIGNATURE_2020 else {"type": v.DATA_INTEGRITY_PROOF}
    named = {"cryptosuite": suite} if kind["type"] == v.DATA_INTEGRITY_PROOF else {}
    document = (
        PLAIN
        if named
        else {**PLAIN, "@context": [*PLAIN["@context"], "https://w3id.org/security/suites/ed25519-2020/v1"]}
    )
    all_options = {
        **kind,
        **named,
        "created": "2026-11-22T00:00:00Z",
        "verificationMethod": ISSUER_KEY.method,
        "proofPurpose": "assertionMethod",
        **({"@context": document["@context"]} if suite == v.EDDSA_JCS_2022 else {}),
        **options,
    }
    value = encode_base58btc(ISSUER_KEY.private.sign(signed_bytes(document, all_options, suite)))
    return {**document, "proof": {**all_options, "proofValue": value}}


@pytest.mark.parametrize("suite", [v.EDDSA_RDFC_2022, v.EDDSA_JCS_2022, v.ED25519_SIGNATURE_2020])
@pytest.mark.parametrize(
    "options",
    [{"domain": "https://shop.example"}, {"challenge": "1f44d55f"}, {"domain": "d", "challenge": "c"}],
    ids=str,
)
def test_a_proof_for_one_audience_is_refused_as_a_token_for_one_is(suite: str, options: dict[str, Any]) -> None:
    assert report(proven_with({}, suite)).verdict is Verdict.VALID
    for source in (proven_with(options, suite), token({**PLAIN, "aud": "https://shop.example"}, typ="vc+jwt")):
        found = report(source)
        finding = found.findings[1]
        assert (found.verdict, finding.check, finding.code) == (Verdict.INVALID, "structure", "audience_other")


def test_another_partys_proof_for_one_audience_is_not_ignored() -> None:
    document = proven_with({}, v.EDDSA_RDFC_2022)
    theirs = proven_with({"domain": "https://shop.example"}, v.EDDSA_RDFC_2022)
    assert report({**document, "proof": [document["proof"], theirs["proof"]]}).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "options",
    [{"type": "eddsa-jcs-2022"}, {"type": "DataIntegrityProof", "cryptosuite": "Ed25519Signature2020"}],
    ids=str,
)
def test_a_proof_type_and_a_cryptosuite_are_not_interchangeable(options: dict[str, str]) -> None:
    options = {
        **options,
        "created": "2026-11-22T00:00:00Z",
        "verificationMethod": ISSUER_KEY.method,
        "proofPurpose": "assertionMethod",
        "@context": PLAIN["@context"],
    }
    suite = options.get("cryptosuite", options["type"])
    value = encode_base58btc(ISSUER_KEY.private.sign(signed_bytes(PLAIN, options, suite)))
    assert report({**PLAIN, "proof": {**options, "proofValue": value}}).verdict is not Verdict.VALID


def test_a_holder_cannot_turn_revoked_into_unknown() -> None:
    badge: Any = signed(unsigned())
    assert report(badge, resolver_with_index_7_revoked()).verdict is Verdict.REVOKED
    for entry in badge["credentialStatus"]:
        entry["statusPurpose"] = [entry["statusPurpose"]]  # the same quads
    assert report(badge, resolver_with_index_7_revoked()).verdict in (Verdict.REVOKED, Verdict.INVALID)


@pytest.mark.parametrize(
    "rewrite", [lambda n: [n, n], lambda n: {"@value": n, "@type": "http://www.w3.org/2001/XMLSchema#string"}]
)
def test_a_holder_cannot_suppress_the_warning_about_the_issuers_name(rewrite: Callable[[str], Any]) -> None:
    document: Any = unsigned()
    document["issuer"]["name"] = "Harvard University"
    badge: Any = signed(document)
    assert report(badge).findings[7].code == "issuer_name_differs"
    badge["issuer"]["name"] = rewrite("Harvard University")  # the same quads
    assert report(badge).findings[7].code != "issuer_registered"


def test_hashed_as_the_string_false_does_not_hide_the_holders_name() -> None:
    badge: Any = signed(unsigned())
    badge["credentialSubject"]["identifier"][0]["hashed"] = "false"  # the same quads
    after = report(badge)
    assert after.credential is None or after.credential["holder"]["name"] == "Ada Nwosu"  # type: ignore[index]


def test_the_format_repeats_no_unverified_text() -> None:
    proofs = [{"cryptosuite": f"Verified by Harvard {number}"} for number in range(2000)]
    format_ = report({"@context": [v.CREDENTIALS_V2], "type": ["VerifiableCredential"], "proof": proofs}).format
    assert len(format_ or "") < 200
    assert "Harvard" not in (format_ or "")


def test_an_unsigned_endorsement_gets_a_report_of_its_own_and_is_not_valid() -> None:
    endorsement = {
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": "did:example:q",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": ISSUER_KEY.did, "type": ["EndorsementSubject"]},
    }
    document: Any = unsigned()
    document["issuer"]["endorsement"] = [endorsement]
    assert [each.report.verdict for each in report(signed(document)).contained] == [Verdict.UNKNOWN]


def test_unchecked_parts_are_listed() -> None:
    document: Any = unsigned()
    document["termsOfUse"] = [{"type": "IssuerPolicy"}]
    assert "its terms of use" in report(signed(document, suite=v.EDDSA_JCS_2022)).not_checked
    assert len(report(token({**PLAIN, "proof": {"type": "DataIntegrityProof", "proofValue": "zBAD"}})).not_checked) > 1


@pytest.mark.parametrize("kind", [["Multikey"], {}])
def test_a_key_whose_type_is_not_a_string_is_unusable(kind: object) -> None:
    did, multikey = "did:web:x.example", ISSUER_KEY.method.partition("#")[2]
    method = {"id": f"{did}#k", "type": kind, "controller": did, "publicKeyMultibase": multikey}
    document = {"id": did, "verificationMethod": [method], "assertionMethod": [f"{did}#k"]}
    [listed] = controller_of(document, did).methods
    assert isinstance(listed.key, UnusableKey)


def test_a_link_with_non_ascii_letters_is_refused() -> None:
    with pytest.raises(Malformed):
        pasted.read("https://x.example/é".encode(), "https://laurel.example")
