"""Resolve did:webvh, from the identifier to a verified credential."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.did_webvh import DidWebvh
from chalicelib.verify.did_webvh.log import MAX_VERSIONS
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller
from chalicelib.verify.report import Report, Verdict
from tests import makers
from tests.net.test_did_web import Pages, soon
from tests.verify.did_webvh.histories import (
    ISSUING,
    LOGS,
    did_of,
    document,
    entries_of,
    first,
    following,
    lines,
    published,
)

AT = "https://issuer.example/.well-known/"
DID = did_of(published("rotated"))
LATER = makers.Signatory.number(5)
"""The key of the current document of that history; `ISSUING` is the one of the versions before."""


def resolve(web: Pages, did: str = DID) -> DidWebvh:
    resolver = DidWebvh(web, soon())
    resolver.find(did)
    return resolver


def code(web: Pages, did: str = DID) -> str:
    with pytest.raises(Unavailable) as caught:
        resolve(web, did)
    return caught.value.code


def log_at(source: bytes) -> Pages:
    return Pages(**{f"{AT}did.jsonl": source})


def test_the_controller_includes_its_evidence() -> None:
    controller = DidWebvh(log_at(published("rotated")), soon()).find(DID)
    assert (controller.id, [method.assertion for method in controller.methods]) == (DID, [True])
    assert [evidence.url for evidence in controller.evidence] == [f"{AT}did.jsonl"]


def test_confirmations_are_fetched_beside_the_history() -> None:
    log, proofs = published("witnessed"), (LOGS / "witnessed-witness.json").read_bytes()
    web = Pages(**{f"{AT}did.jsonl": log, f"{AT}did-witness.json": proofs})
    controller = DidWebvh(web, soon()).find(did_of(log))
    assert [evidence.url for evidence in controller.evidence] == [f"{AT}did.jsonl", f"{AT}did-witness.json"]


def test_a_history_without_its_confirmations_is_not_used() -> None:
    log = published("witnessed")
    assert code(log_at(log), did_of(log)) == "http_status"
    assert code(Pages(**{f"{AT}did.jsonl": log, f"{AT}did-witness.json": b"[]"}), did_of(log)) == "document_unreadable"


@pytest.mark.parametrize("page", [b"", b"<html>", b"{}", b"\xff", b"[" * 100_000, published("first")])
def test_an_unusable_history_is_unavailable_not_malformed(page: bytes) -> None:
    other = did_of(published("committed"))
    assert code(log_at(page), other) == "document_unreadable"


def test_a_deactivated_identifier_has_its_own_code() -> None:
    log = published("deactivated")
    assert code(log_at(log), did_of(log)) == "did_deactivated"


@pytest.mark.parametrize("did", ["did:webvh:x", f"{DID}?versionId=1", f"{DID}/whois", "did:web:issuer.example"])
def test_a_malformed_identifier_is_not_fetched(did: str) -> None:
    web = log_at(published("rotated"))
    assert code(web, did) == "did_malformed"
    assert not web.fetches


@pytest.mark.parametrize(("name", "same_origin"), [("first", False), ("path", True)])
def test_only_a_well_known_history_may_redirect_to_another_origin(name: str, same_origin: bool) -> None:
    log = published(name)
    folder = AT if name == "first" else "https://issuer.example:8443/dids/college/"
    web = Pages(**{f"{folder}did.jsonl": log})
    resolve(web, did_of(log))
    assert web.fetches == [(f"{folder}did.jsonl", same_origin)]


def test_a_history_is_judged_once_for_a_request() -> None:
    """Checking one can cost as much as a credential, and a forger chooses how often it is needed."""
    good, bad = published("rotated"), published("rotated").replace(b"keyAgreement", b"keyAgreemenT")
    for page, is_usable in ((good, True), (bad, False)):
        web = _Same(page)
        resolver = DidWebvh(web, soon())
        outcomes = []
        for _ in range(2):
            try:
                outcomes.append(resolver.find(DID))
            except Unavailable as error:
                outcomes.append(error)
        assert outcomes[0] is outcomes[1]
        assert isinstance(outcomes[0], Unavailable) is not is_usable


class _Same(Pages):
    """A web that answers with the same object, as that of a request does."""

    def __init__(self, page: bytes) -> None:
        super().__init__(**{f"{AT}did.jsonl": page})
        self.get = lambda *_given, **_options: self.answer  # type: ignore[method-assign]
        self.answer = Pages.get(self, f"{AT}did.jsonl", accept="", deadline=soon())


def test_the_largest_history_is_judged_within_a_second() -> None:
    padding = "x" * (1024 * 1024 // MAX_VERSIONS - 1_200)
    made = [first(state=document(note=padding))]
    while len(made) < MAX_VERSIONS:
        made.append(following(made[-1]))
    log = lines(made)
    assert 900_000 < len(log) < 1024 * 1024
    web = _Same(log)
    started = time.process_time()
    DidWebvh(web, soon()).find(did_of(log))
    assert time.process_time() - started < 1


class _Controllers:
    def __init__(self, web: Pages) -> None:
        self.dids = DidWebvh(web, soon())

    def find(self, did: str, kid: str | None = None) -> Controller:
        return self.dids.find(did)


def report_on(key: makers.Signatory, web: Pages, method: str | None = None) -> Report:
    issuer = replace(makers.issuer(key), did=DID)
    unsigned = makers.unsigned(issuer, entries=())
    del unsigned["credentialStatus"]
    listed = entries_of(published("rotated"))[-1 if key is LATER else 0]["state"]["verificationMethod"][0]["id"]
    source = makers.as_bytes(makers.signed(unsigned, key, method=method or listed))
    resolver = replace(makers.FakeResolver().resolver(), controllers=_Controllers(web))
    return verify(source, resolver=resolver, now=makers.NOW)


def test_a_credential_of_the_current_key_is_valid() -> None:
    report = report_on(LATER, log_at(published("rotated")))
    assert (report.verdict, report.findings[4].code) == (Verdict.VALID, "signer_is_issuer")


def test_a_credential_of_a_key_that_was_listed_earlier_may_be_genuine() -> None:
    report = report_on(ISSUING, log_at(published("rotated")))
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_superseded")
    assert report.credential is None


def test_a_credential_of_a_key_that_was_never_listed_is_refused() -> None:
    report = report_on(ISSUING, log_at(published("rotated")), f"{DID}#other")
    assert (report.verdict, report.findings[3].code) == (Verdict.INVALID, "key_not_listed")


def test_a_changed_history_decides_nothing() -> None:
    changed = published("rotated").replace(b'"portable":false', b'"portable":true')
    report = report_on(LATER, log_at(changed))
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unavailable")
