"""Open Badges 2.0 through all ten checks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.verify.open_badges_2.documents import in_scope
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Verdict
from tests.verify.formats.old_badges import (
    ASSERTION,
    BADGE,
    EMAIL,
    ISSUER,
    KEY,
    REVOCATIONS,
    SITE,
    assertion,
    badge_class,
    codes,
    hashed,
    hosted_web,
    key,
    profile,
    report_on,
    revocations,
    signed,
    signed_web,
    signing_profile,
)
from tests.verify.jose.tokens import by, token

ELSEWHERE = "https://evil.example"


def test_a_hosted_badge_is_valid_and_shows_its_three_documents() -> None:
    report = report_on(assertion())
    assert report.verdict is Verdict.VALID, report.findings
    assert report.format == "Open Badges 2.0, hosted"
    assert report.credential is not None
    achievement: Any = report.credential["achievement"]
    assert (achievement["name"], achievement["criteria"]["narrative"]) == ("Watercolour", "Paint ten pictures.")
    issuer: Any = report.credential["issuer"]
    assert (issuer["id"], issuer["name"]) == (ISSUER, "Fernhill Arts")
    assert report.credential["valid_from"] == "2026-01-02T03:04:05+00:00"


def test_the_report_says_that_a_hosted_badge_rests_on_the_word_of_its_host() -> None:
    report = report_on(assertion())
    assert "It has no signature" in report.findings[3].message
    assert "badges.fernhill.example" in report.findings[3].message
    assert [item.url for item in report.findings[3].evidence] == [ASSERTION, BADGE, ISSUER]
    assert (codes(report)["proof"], codes(report)["signer"]) == ("hosted_matches", "host_is_issuer")


def test_the_dialect_of_credly_is_read() -> None:
    """`verification.type` is `hosted`, the badge class is in the assertion, evidence is a list of objects."""
    site = "https://www.credly.com/api/v1/obi/v2"
    made = assertion(
        id=f"{site}/badge_assertions/0d9a",
        verification={"type": "hosted"},
        badge=f"{site}/issuers/1/badge_classes/2",
        expires="2099-01-01T00:00:00.000Z",
    )
    web = {
        made["id"]: made,
        made["badge"]: badge_class(id=made["badge"], issuer=f"{site}/issuers/1"),
        f"{site}/issuers/1": profile(id=f"{site}/issuers/1"),
    }
    report = report_on(made, web)
    assert (report.verdict, codes(report)["signer"]) == (Verdict.VALID, "host_is_issuer")


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": {"type": "email", "hashed": False, "identity": "eve@example.org"}},
        {"badge": f"{SITE}/classes/doctorate"},
        {"issuedOn": "2020-01-01T00:00:00Z"},
        {"expires": "2099-01-01T00:00:00Z"},
    ],
    ids=["recipient", "badge", "issued", "expires"],
)
def test_a_changed_copy_is_never_shown_as_it_is(changes: dict[str, Any]) -> None:
    report = report_on(assertion(**changes))
    if "recipient" in changes:
        # A plain address and a hash cannot be compared; what is shown and compared is the published one.
        assert report.verdict is Verdict.VALID
        assert report_on(assertion(**changes), None, VerificationOptions("eve@example.org")).verdict is Verdict.INVALID
    else:
        assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "hosted_differs")
        assert report.credential is None


@pytest.mark.parametrize(
    "issued",
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05+0000"],
    ids=range(4),
)
def test_a_copy_that_writes_the_same_instant_in_another_way_is_the_same(issued: str) -> None:
    assert report_on(assertion(issuedOn=issued)).verdict is Verdict.VALID
    assert codes(report_on(assertion(issuedOn=issued.replace(":05", ":06"))))["proof"] == "hosted_differs"


def test_a_copy_for_another_hash_of_the_same_salt_is_refused() -> None:
    recipient = {**assertion()["recipient"], "identity": hashed("eve@example.org")}
    report = report_on(assertion(recipient=recipient))
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "hosted_differs")


@pytest.mark.parametrize("document", ["assertion", "badge", "issuer"])
@pytest.mark.parametrize("page", ["timeout", b"<html>", {"type": "Other", "id": ISSUER}, {}], ids=range(4))
def test_a_document_that_cannot_be_read_makes_it_unknown(document: str, page: Any) -> None:
    report = report_on(assertion(), hosted_web(**{document: page}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "badge_unavailable")
    assert report.findings[0].temporary == (page == "timeout")


def test_nothing_that_another_address_says_about_an_issuer_counts() -> None:
    """A profile inside the badge class, and a profile that claims another id, would let anyone be any issuer."""
    forged = {**profile(), "name": "Harvard"}
    report = report_on(assertion(), hosted_web(badge=badge_class(issuer=forged)))
    assert report.credential is not None
    assert report.credential["issuer"]["name"] == "Fernhill Arts"  # type: ignore[index]
    web = {**hosted_web(badge=badge_class(issuer=f"{ELSEWHERE}/issuer")), f"{ELSEWHERE}/issuer": forged}
    assert codes(report_on(assertion(), web))["format"] == "badge_unavailable"


def test_a_badge_on_another_site_than_its_issuer_is_refused() -> None:
    made = assertion(id=f"{ELSEWHERE}/1")
    report = report_on(made, {**hosted_web(), f"{ELSEWHERE}/1": made})
    assert (report.verdict, codes(report)["signer"]) == (Verdict.INVALID, "signer_not_issuer")
    assert report.credential is None


@pytest.mark.parametrize(
    ("rules", "accepted"),
    [
        ({"allowedOrigins": "evil.example"}, True),
        ({"allowedOrigins": ["https://evil.example"]}, True),
        ({"startsWith": f"{ELSEWHERE}/badges/"}, True),
        ({"startsWith": [f"{SITE}/", f"{ELSEWHERE}/badges/"]}, True),
        ({"allowedOrigins": "badges.fernhill.example"}, False),
        ({"startsWith": f"{ELSEWHERE}/other/"}, False),
        ({"startsWith": f"{ELSEWHERE}/badges/", "allowedOrigins": "badges.fernhill.example"}, False),
        ({"startsWith": "https://evil"}, False),
        ({"startsWith": "https://"}, False),
        ({"allowedOrigins": ""}, False),
    ],
    ids=range(10),
)
def test_an_issuer_may_publish_its_badges_elsewhere(rules: dict[str, Any], accepted: bool) -> None:
    made = assertion(id=f"{ELSEWHERE}/badges/1")
    web = {**hosted_web(issuer=profile(verification=rules)), made["id"]: made}
    assert (report_on(made, web).verdict is Verdict.VALID) is accepted


@pytest.mark.parametrize("step", ["..", "%2e%2e", ".%2E", "..%2f..", "%5c.."], ids=range(5))
def test_an_escaped_step_upwards_leaves_the_allowed_folder(step: str) -> None:
    rules = {"id": ISSUER, "verification": {"startsWith": f"{SITE}/badges/"}}
    assert in_scope(f"{SITE}/badges/a", rules)
    assert not in_scope(f"{SITE}/badges/{step}/other/a", rules)


def test_an_issuer_is_not_another_one_with_another_query() -> None:
    """On a site of many issuers, each profile could claim to be the other's."""
    evil, good = f"{ISSUER}?u=evil", f"{ISSUER}?u=good"
    web = signed_web(badge=badge_class(issuer=evil), key=key(owner=good), revocations=revocations(issuer=good))
    report = report_on(signed(), {**web, evil: signing_profile(id=good)})
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "badge_unavailable")


def test_a_badge_class_on_another_host_rests_on_the_word_of_that_host_too() -> None:
    address = f"{ELSEWHERE}/classes/1"
    made = assertion(badge=address)
    report = report_on(made, {**hosted_web(assertion=made), address: badge_class(id=address)})
    assert "those sites: badges.fernhill.example, evil.example" in report.findings[3].message


def test_a_step_upwards_leaves_the_allowed_folder() -> None:
    made = assertion(id=f"{SITE}/badges/../uploads/1")
    web = {**hosted_web(issuer=profile(verification={"startsWith": f"{SITE}/badges/"})), made["id"]: made}
    assert codes(report_on(made, web))["signer"] == "signer_not_issuer"


def test_a_revoked_hosted_badge_is_revoked() -> None:
    report = report_on(assertion(), hosted_web(assertion=assertion(revoked=True, revocationReason="Mistake")))
    assert report.verdict is Verdict.REVOKED


@pytest.mark.parametrize("page", ["gone", {"@context": "x", "id": ASSERTION, "revoked": True}], ids=["410", "reduced"])
def test_a_badge_that_its_site_removed_is_revoked_and_nothing_else_is_shown(page: Any) -> None:
    report = report_on(assertion(recipient={"type": "email", "identity": "Mallory"}), hosted_web(assertion=page))
    assert (report.verdict, codes(report)["status"]) == (Verdict.REVOKED, "revoked")
    assert report.credential is not None
    assert (report.credential["id"], report.credential["achievement"]) == (ASSERTION, None)
    assert "Mallory" not in json.dumps(report.credential)


@pytest.mark.parametrize(
    ("revoked", "verdict"),
    [
        (False, Verdict.VALID),
        (None, Verdict.VALID),
        ("true", Verdict.REVOKED),
        ([True], Verdict.REVOKED),
        ("false", Verdict.UNKNOWN),
        ("yes", Verdict.UNKNOWN),
        ({}, Verdict.UNKNOWN),
        ([], Verdict.UNKNOWN),
        ([True, False], Verdict.UNKNOWN),
        (0, Verdict.UNKNOWN),
    ],
    ids=range(10),
)
def test_whatever_is_published_as_revoked_is_not_valid_unless_it_says_no(revoked: object, verdict: Verdict) -> None:
    made = {**assertion(), "revoked": revoked}
    assert report_on(assertion(), hosted_web(assertion=made)).verdict is verdict
    assert report_on(signed(revoked=revoked), signed_web()).verdict is verdict


def test_an_expired_badge_is_expired() -> None:
    made = assertion(expires="2026-03-01")
    assert report_on(made, hosted_web(assertion=made)).verdict is Verdict.EXPIRED


@pytest.mark.parametrize(
    "issued", ["2026-01-02", 1767225600, "2026-01-02T03:04:05", "2026-01-02T03:04:05.123", "2026-01-02T03:04:05+0100"]
)
def test_dates_as_platforms_write_them(issued: object) -> None:
    made = assertion(issuedOn=issued)
    assert report_on(made, hosted_web(assertion=made)).verdict is Verdict.VALID


@pytest.mark.parametrize("issued", ["yesterday", None, True, -1, 10**15])
def test_a_date_that_cannot_be_read_is_refused(issued: object) -> None:
    made = assertion(issuedOn=issued)
    assert report_on(made, hosted_web(assertion=made)).verdict is Verdict.INVALID


@pytest.mark.parametrize("missing", ["name", "description", "criteria"])
def test_a_badge_class_without_what_the_standard_requires(missing: str) -> None:
    report = report_on(assertion(), hosted_web(badge=badge_class(**{missing: None})))
    assert (report.verdict, codes(report)["structure"]) == (Verdict.INVALID, "structure_incomplete")


@pytest.mark.parametrize(
    ("identity", "email", "verdict"),
    [
        (hashed(), EMAIL, Verdict.VALID),
        (hashed(), " Ada@Example.org ", Verdict.VALID),
        (hashed("Ada@Example.org"), "Ada@Example.org", Verdict.VALID),
        (hashed().upper().replace("SHA256", "sha256"), EMAIL, Verdict.VALID),
        (hashed(algorithm="md5"), EMAIL, Verdict.VALID),
        (hashed(salt="other"), EMAIL, Verdict.INVALID),
        (hashed(), "eve@example.org", Verdict.INVALID),
        (hashed(algorithm="md5"), "eve@example.org", Verdict.INVALID),
        ("sha1$00", EMAIL, Verdict.UNKNOWN),
    ],
    ids=range(9),
)
def test_hashed_recipients(identity: str, email: str, verdict: Verdict) -> None:
    made = assertion(recipient={**assertion()["recipient"], "identity": identity})
    assert report_on(made, hosted_web(assertion=made), VerificationOptions(email)).verdict is verdict


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_signed_badge_is_valid(algorithm: str) -> None:
    report = report_on(signed(algorithm), signed_web(key=key(algorithm)))
    assert report.verdict is Verdict.VALID, report.findings
    assert report.format == f"Open Badges 2.0, JWS {algorithm}"
    assert (codes(report)["proof"], codes(report)["status"]) == ("assertion_signed", "not_revoked")
    assert "not signed" in report.findings[3].message


def test_a_signed_badge_whose_key_is_in_the_profile() -> None:
    web = signed_web(issuer=signing_profile(publicKey=[key()]))
    del web[KEY]
    assert report_on(signed(), web).verdict is Verdict.VALID


def test_a_changed_signed_badge_is_refused() -> None:
    header, _, signature = signed().split(b".")
    other = signed(recipient={"type": "email", "identity": "eve@example.org"}).split(b".")[1]
    report = report_on(b".".join((header, other, signature)), signed_web())
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "signature_wrong")


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ({"issuer": signing_profile(publicKey=None)}, "key_not_listed"),
        ({"issuer": signing_profile(publicKey=f"{SITE}/keys/2")}, "key_not_listed"),
        ({"key": key(owner=f"{ELSEWHERE}/issuer")}, "key_of_another"),
        ({"key": key(id=f"{SITE}/keys/2")}, "key_of_another"),
        ({"key": key("ES256")}, "algorithm_mismatch"),
        ({"key": key(publicKeyPem="-----BEGIN PRIVATE KEY-----")}, "key_private"),
        ({"key": key(publicKeyPem="x")}, "key_malformed"),
        ({"key": key(publicKeyPem=None)}, "key_malformed"),
        ({"key": "timeout"}, "key_unavailable"),
    ],
    ids=range(9),
)
def test_the_key_of_a_signed_badge_must_be_the_issuers(pages: dict[str, Any], code: str) -> None:
    report = report_on(signed(), signed_web(**pages))
    assert codes(report)["proof"] == code
    assert report.verdict is (Verdict.UNKNOWN if code == "key_unavailable" else Verdict.INVALID)


def test_a_key_that_the_signer_brings_along_is_never_used() -> None:
    """The assertion names any key; only those that the issuer's own profile lists count."""
    own = f"{ELSEWHERE}/key"
    forged = signed("ES256", verification={"type": "SignedBadge", "creator": own})
    report = report_on(forged, {**signed_web(), own: key("ES256", id=own)})
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "key_not_listed")


@pytest.mark.parametrize(
    "entry", ["urn:uuid:1", {"id": "urn:uuid:1"}, {"uid": "u-1", "revocationReason": "Mistake"}], ids=range(3)
)
def test_a_signed_badge_on_the_revocation_list_is_revoked(entry: object) -> None:
    report = report_on(signed(uid="u-1"), signed_web(revocations=revocations({"id": "urn:uuid:9"}, entry)))
    assert report.verdict is Verdict.REVOKED
    assert [item.url for item in report.findings[6].evidence] == [REVOCATIONS]


@pytest.mark.parametrize(
    "page",
    ["timeout", b"<html>", {"id": REVOCATIONS}, revocations(issuer=f"{ELSEWHERE}/issuer")],
    ids=["silent", "page", "empty", "other"],
)
def test_a_revocation_list_that_cannot_be_used_makes_it_unknown(page: Any) -> None:
    report = report_on(signed(), signed_web(revocations=page))
    assert (report.verdict, codes(report)["status"]) == (Verdict.UNKNOWN, "status_list_unavailable")


def test_a_signed_badge_without_a_revocation_list() -> None:
    report = report_on(signed(), signed_web(issuer=signing_profile(revocationList=None)))
    assert (report.verdict, codes(report)["status"]) == (Verdict.VALID, "no_status")


def test_a_signed_badge_without_its_signature_is_refused() -> None:
    report = report_on(assertion(verification={"type": "SignedBadge", "creator": KEY}))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "structure_incomplete")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (
            {"uid": "1", "recipient": {}, "badge": BADGE, "verify": {"type": "hosted", "url": ASSERTION}},
            "open_badges_1",
        ),
        ({**assertion(), "@context": "https://w3id.org/openbadges/v1"}, "open_badges_1"),
        (badge_class(), "not_an_assertion"),
        (profile(), "not_an_assertion"),
        (assertion(verification={"type": "Other"}), "verification_unsupported"),
    ],
    ids=["1.0", "1.1", "class", "profile", "other"],
)
def test_what_is_recognised_but_not_checked(made: dict[str, Any], code: str) -> None:
    report = report_on(made)
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, code)


def test_a_signed_badge_of_version_1_is_recognised() -> None:
    made = {**assertion(), "@context": "https://w3id.org/openbadges/v1"}
    report = report_on(token({"alg": "RS256"}, made, sign=by("RS256")))
    assert codes(report)["format"] == "open_badges_1"


def test_an_address_without_https_is_unknown() -> None:
    report = report_on(assertion(id="http://badges.fernhill.example/1"))
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "address_insecure")


@pytest.mark.parametrize("address", ["urn:uuid:1", "https://x@evil.example/", "https://x:y/", 1, None])
def test_a_hosted_badge_without_an_address_is_refused(address: object) -> None:
    report = report_on(assertion(id=address))
    assert (report.verdict, codes(report)["format"]) == (Verdict.INVALID, "structure_incomplete")


def test_a_badge_escaped_as_php_does_is_recognised() -> None:
    source = json.dumps(assertion()).replace("/", "\\/").encode()
    assert report_on(source).verdict is Verdict.VALID
