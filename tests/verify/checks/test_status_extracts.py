"""Status lists of which only a part is shown, and the errors that the standard names."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.http.public.credential import credential_json
from chalicelib.http.public.credential.credential_view import CredentialView
from chalicelib.verify import bitstring
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Report, Verdict
from chalicelib.verify.status_entry import STANDARD_ERRORS
from tests.makers import EMPTY_BITS, NOW, FakeResolver, as_bytes
from tests.verify.checks.test_status import ENTRY_ERRORS, LIST_ERRORS
from tests.verify.formats.sd_jwts import digest, disclosure, sd_jwt
from tests.verify.jose.tokens import CREDENTIAL, ISSUER, jwk, token
from tests.verify.proofs.ecdsa import P256
from tests.verify.proofs.extract import extract

URL = "https://fernhill.example/status/1"
ENTRY = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": URL,
}


def listed(bits: bytes = EMPTY_BITS, **members: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bitstring.encode(bits),
        },
        **members,
    }


def report_on(status_list: bytes, issuer: str = ISSUER, *methods: Method) -> Report:
    keys = methods or (Method("key-1", from_jwk(jwk("ES256")), assertion=True),)
    resolver = FakeResolver(controllers={issuer: Controller(issuer, keys)}, lists={URL: status_list}).resolver()
    source = token(
        {"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"}, {**CREDENTIAL, "issuer": issuer, "credentialStatus": ENTRY}
    )
    return verify(source, resolver=resolver, now=NOW)


def outcome(report: Report) -> tuple[Verdict, str]:
    return report.verdict, report.findings[6].code


def test_a_list_in_an_sd_jwt_that_shows_everything_is_read() -> None:
    assert report_on(sd_jwt(listed(), typ="vc+sd-jwt")).verdict is Verdict.VALID
    end = disclosure("validUntil", "2027-01-01T00:00:00Z")
    assert report_on(sd_jwt(listed(_sd=[digest(end)]), [end], typ="vc+sd-jwt")).verdict is Verdict.VALID
    revoked = listed(bitstring.with_bit(EMPTY_BITS, 7, value=True))
    assert report_on(sd_jwt(revoked, typ="vc+sd-jwt")).verdict is Verdict.REVOKED


@pytest.mark.parametrize("value", ["2026-02-01T00:00:00Z", "2027-01-01T00:00:00Z"], ids=["expired", "valid"])
def test_a_list_whose_end_date_may_be_withheld_is_unknown(value: str) -> None:
    """Whoever serves it could use an old list for ever."""
    hidden = digest(disclosure("validUntil", value))
    report = report_on(sd_jwt(listed(_sd=[hidden]), typ="vc+sd-jwt"))
    assert outcome(report) == (Verdict.UNKNOWN, "status_list_unproven")
    assert "shown only in part" in report.findings[6].message


def test_a_derived_list_is_unknown() -> None:
    document = listed(issuer=P256.did, validUntil="2026-02-01T00:00:00Z")
    shown = {name: value for name, value in document.items() if name != "validUntil"}
    derived = extract(document, shown).signed()
    resolver = FakeResolver(lists={URL: as_bytes(derived)}).resolver()
    header = {"alg": "ES256", "kid": P256.method, "typ": "vc+jwt"}
    source = token(header, {**CREDENTIAL, "issuer": P256.did, "credentialStatus": ENTRY}, sign=P256.sign)
    report = verify(source, resolver=resolver, now=NOW)
    assert outcome(report) == (Verdict.UNKNOWN, "status_list_unproven")
    assert "shown only in part" in report.findings[6].message


STANDARD = {
    "STATUS_RETRIEVAL_ERROR",
    "STATUS_VERIFICATION_ERROR",
    "STATUS_LIST_LENGTH_ERROR",
    "RANGE_ERROR",
    "MALFORMED_VALUE_ERROR",
}
"""Bitstring Status List v1.0, 3.5."""
EXPECTED = {
    "status_list_unavailable": "STATUS_RETRIEVAL_ERROR",
    "status_list_unproven": "STATUS_VERIFICATION_ERROR",
    "status_purpose_differs": "STATUS_VERIFICATION_ERROR",
    "status_list_too_short": "STATUS_LIST_LENGTH_ERROR",
    "status_index_out_of_range": "RANGE_ERROR",
    "status_list_malformed": "MALFORMED_VALUE_ERROR",
    "status_malformed": "MALFORMED_VALUE_ERROR",
}


def test_every_standard_error_is_used_and_no_other() -> None:
    prefix = "https://www.w3.org/ns/credentials/status-list#"
    assert {uri.removeprefix(prefix) for uri in STANDARD_ERRORS.values()} == STANDARD
    assert all(STANDARD_ERRORS[code] == f"{prefix}{name}" for code, name in EXPECTED.items())


def test_the_errors_of_lists_and_entries_have_the_name_that_the_standard_gives_them() -> None:
    raised = {code for _, code in (*LIST_ERRORS.values(), *ENTRY_ERRORS.values())}
    without = {"status_list_too_large", "status_type_unknown", "status_purpose_unknown"}
    assert raised - STANDARD_ERRORS.keys() == without


@pytest.mark.parametrize(
    ("body", "name"),
    [(b"<html>", "STATUS_VERIFICATION_ERROR"), (sd_jwt(listed(), typ="vc+sd-jwt"), None)],
    ids=["a web page", "a list"],
)
def test_a_report_in_json_names_the_error(body: bytes, name: str | None) -> None:
    written: Any = credential_json.report(CredentialView(report_on(body)))
    error = written["findings"][6].get("standard_error")
    assert error == (name and f"https://www.w3.org/ns/credentials/status-list#{name}")


def test_a_list_that_does_not_answer_is_a_retrieval_error() -> None:
    resolver = FakeResolver(
        controllers={ISSUER: Controller(ISSUER, (Method("key-1", from_jwk(jwk("ES256")), assertion=True),))}
    ).resolver()
    source = token({"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"}, {**CREDENTIAL, "credentialStatus": ENTRY})
    code = verify(source, resolver=resolver, now=NOW).findings[6].code
    assert STANDARD_ERRORS[code].endswith("#STATUS_RETRIEVAL_ERROR")
