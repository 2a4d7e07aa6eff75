"""Check 7 of a credential with a `1EdTechRevocationList`, which names revoked credentials by their id."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.verify import revocation_list
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Fetched, Resolver
from chalicelib.verify.report import Report, Verdict
from tests.makers import NOW, DocumentsAt, as_bytes, good_resolver, signed, unsigned

URL = "https://fernhill.example/revocations/1"
ENTRY = {"id": URL, "type": revocation_list.TYPE}
OWN = unsigned()["id"]
ISSUER = unsigned()["issuer"]["id"]

PLAIN: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "did:example:ada"},
}
"""A credential whose data model requires no id, neither of itself nor of its status."""


def published(*entries: Any, name: str = "revokedCredential", **changes: Any) -> dict[str, Any]:
    document = {"id": URL, "issuer": ISSUER, name: list(entries), **changes}
    return {name: value for name, value in document.items() if value is not None}


def report_on(found: Any, *entries: dict[str, Any], fetches: bool = True, **changes: Any) -> Report:
    """Verify a badge with the status ``entries``, where ``found`` is at `URL`."""
    read: list[str] = []

    def fetch(url: str) -> Fetched:
        read.append(url)
        if url != URL or found is None:
            raise Unavailable(f"{url} does not answer")
        return Fetched(url, found if isinstance(found, bytes) else json.dumps(found).encode(), NOW)

    ports = good_resolver().resolver()
    documents = DocumentsAt(fetch) if fetches else None
    resolver = Resolver(ports.controllers, ports.status_lists, ports.registry, documents=documents)
    document = {**unsigned(), "credentialStatus": list(entries) or ENTRY, **changes}
    document = {name: value for name, value in document.items() if value is not None}
    report = verify(as_bytes(signed(document, suite="eddsa-jcs-2022")), resolver=resolver, now=NOW)
    assert len(read) <= 1
    return report


def judged(report: Report) -> tuple[Verdict, str]:
    return report.verdict, report.findings[6].code


@pytest.mark.parametrize(
    "found",
    [
        published({"id": OWN}),
        published({"id": OWN, "revoked": True, "revocationReason": "An error."}),
        published({"id": "urn:uuid:0"}, {"id": OWN, "revoked": "true"}),
        published({"id": OWN, "revoked": False}, {"id": OWN}),
        published({"id": OWN}, name="revokedCredentials"),
        published(revokedCredential={"id": OWN}),
        published({"id": OWN}, id=None),
        published({"id": OWN}, issuer={"id": ISSUER, "type": "Profile"}),
    ],
    ids=range(8),
)
def test_a_listed_credential_is_revoked(found: object) -> None:
    report = report_on(found)
    assert judged(report) == (Verdict.REVOKED, "revoked")
    assert report.findings[6].evidence[0].url == URL


@pytest.mark.parametrize(
    "found",
    [published(), published({"id": "urn:uuid:0"}), published({"id": OWN, "revoked": False}), published(name="other")],
    ids=range(4),
)
def test_a_credential_that_is_not_listed_or_was_reinstated_is_not_revoked(found: object) -> None:
    assert judged(report_on(found)) == (Verdict.VALID, "not_revoked")


UNTRUSTED: dict[str, tuple[object, str]] = {
    "not published": (None, "status_list_unavailable"),
    "no JSON": (b"<html>", "status_list_malformed"),
    "a list": (b"[]", "status_list_malformed"),
    "another address": (published(id="https://fernhill.example/revocations/2"), "status_list_other_id"),
    "another issuer": (published(issuer="https://other.example"), "status_list_other_issuer"),
    "no issuer": (published(issuer=None), "status_list_other_issuer"),
    "an entry that is text": (published(OWN), "status_list_malformed"),
    "an entry without id": (published({"revoked": True}), "status_list_malformed"),
    "an unclear entry": (published({"id": OWN, "revoked": "maybe"}), "status_list_malformed"),
    "an empty entry": (published({"id": OWN, "revoked": None}), "status_list_malformed"),
    "too large": (published(*[{"id": f"urn:x:{i}"} for i in range(30_000)]), "status_list_malformed"),
}


@pytest.mark.parametrize("case", UNTRUSTED)
def test_a_list_that_cannot_be_used_is_unknown(case: str) -> None:
    found, code = UNTRUSTED[case]
    assert judged(report_on(found)) == (Verdict.UNKNOWN, code)


def test_a_credential_without_an_id_cannot_be_looked_up() -> None:
    report = report_on(published(), **{**PLAIN, "id": None})
    assert judged(report) == (Verdict.UNKNOWN, "status_list_malformed")


def test_an_entry_without_an_address_is_unknown() -> None:
    assert judged(report_on(published(), {"type": revocation_list.TYPE}, **PLAIN)) == (
        Verdict.UNKNOWN,
        "status_malformed",
    )


def test_it_is_unknown_where_nothing_is_fetched() -> None:
    assert judged(report_on(published(), fetches=False)) == (Verdict.UNKNOWN, "status_list_unavailable")


def test_no_entry_beside_it_is_skipped() -> None:
    unknown = {"id": "https://fernhill.example/other", "type": "OtherStatus"}
    for entries in ((ENTRY, unknown), (unknown, ENTRY)):
        assert judged(report_on(published(), *entries)) == (Verdict.UNKNOWN, "status_type_unknown")
        assert judged(report_on(published({"id": OWN}), *entries)) == (Verdict.REVOKED, "revoked")


def test_reading_a_list_takes_a_part_of_the_work_of_a_request() -> None:
    work = good_resolver().resolver().work.left
    ports = good_resolver().resolver()
    body = json.dumps(published({"id": "urn:x", "revocationReason": "x" * 100_000})).encode()
    resolver = Resolver(
        ports.controllers,
        ports.status_lists,
        ports.registry,
        documents=DocumentsAt(lambda url: Fetched(url, body, NOW)),
    )
    verify(
        as_bytes(signed({**unsigned(), "credentialStatus": ENTRY}, suite="eddsa-jcs-2022")), resolver=resolver, now=NOW
    )
    assert work - resolver.work.left >= len(body) // 50
