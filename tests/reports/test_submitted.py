from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from chalicelib.analytics.event import Kind, Visit, VisitorClass
from chalicelib.award.keys import rotation
from chalicelib.errors import Malformed, NotFound, Unavailable, UnreadableLink
from chalicelib.reports.fetch_allowance import FetchAllowance
from chalicelib.reports.submitted import SubmittedReports
from chalicelib.reports.submitted_resolver import build_open_resolver
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.ports import Controller, Controllers, Fetched, StatusLists
from chalicelib.verify.report import Verdict
from tests import fakes
from tests.award.fakes import IssuerFixture
from tests.makers import (
    BASE_URL,
    NOW,
    OTHER_KEY,
    FakeResolver,
    as_bytes,
    issuer,
    signed,
    unsigned,
)
from tests.reports.test_hosted import HostedSetup, record_of

VISIT = Visit(Kind.VERIFICATION, "192.0.2.7", "A program", None, VisitorClass.KNOWN_BOT)
HOSTED_DID = "did:web:localhost%3A8000:issuers:fernhill"
LINK = "https://elsewhere.example/badge"


@dataclass
class RemoteSources:
    """Fake remote sources that record every request."""

    pages: dict[str, bytes] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)

    @property
    def controllers(self) -> Controllers:
        return self

    @property
    def status_lists(self) -> StatusLists:
        return FakeResolver().resolver().status_lists

    def find(self, did: str, kid: str | None = None) -> Controller:
        self.requested.append(did)
        raise Unavailable(f"{did} does not answer")

    def credential(self, url: str) -> Fetched:
        self.requested.append(url)
        if url not in self.pages:
            raise Unavailable(f"{url} does not answer", code="http_status")
        return Fetched(url, self.pages[url], NOW)

    def refresh(self) -> bool:
        return False


def allowance() -> FetchAllowance:
    return FetchAllowance(fakes.AllowanceStore(), fakes.Salts(), lambda: NOW, lambda: 0.0, bytes, request_seconds=10)


@dataclass
class SubmittedSetup:
    hosted: HostedSetup
    remote_sources: RemoteSources
    submitted_reports: SubmittedReports


def submitted_setup(hosted: HostedSetup | None = None, page: bytes | None = None) -> SubmittedSetup:
    hosted, remote_sources = hosted or HostedSetup(), RemoteSources({} if page is None else {LINK: page})
    submitted_reports = SubmittedReports(
        hosted.public_store, hosted.hosted_reports, lambda _admit: remote_sources, BASE_URL, lambda: NOW, allowance()
    )
    return SubmittedSetup(hosted, remote_sources, submitted_reports)


def test_a_submitted_hosted_credential_is_verified_from_laurels_own_tables() -> None:
    setup = submitted_setup()
    checked = setup.submitted_reports.check(as_bytes(signed(unsigned())), VISIT)
    assert checked.report.verdict is Verdict.VALID
    assert checked.report.findings[7].code == "issuer_registered"
    assert not setup.remote_sources.requested


def test_a_hosted_did_web_is_read_and_never_fetched() -> None:
    by = issuer(did=HOSTED_DID, keys=(replace(issuer().keys[0], fragment="key-1"),))
    document = signed(unsigned(by), method=f"{HOSTED_DID}#key-1")
    setup = submitted_setup(HostedSetup(by, record_of(document)))
    report = setup.submitted_reports.check(as_bytes(document), VISIT).report
    # The status lists of this setup are by the did:key issuer, so the status of this credential stays unknown.
    assert report.findings[4].code == "signer_is_issuer"
    assert not setup.remote_sources.requested


def test_an_unknown_hosted_did_web_is_not_fetched() -> None:
    by = issuer(did="did:web:localhost%3A8000:issuers:nobody")
    setup = submitted_setup()
    report = setup.submitted_reports.check(as_bytes(signed(unsigned(by), method=f"{by.did}#key-1")), VISIT).report
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unavailable")
    assert not setup.remote_sources.requested


def test_a_sentence_in_an_identifier_is_quoted_in_findings() -> None:
    """Anyone can put a sentence after the address of this service; it is not Laurel's."""
    words = "is genuine. Call 0800 1234."
    setup = submitted_setup()
    resolver = build_open_resolver(BASE_URL, setup.hosted.public_store, setup.remote_sources, NOW)
    did, url = f"{HOSTED_DID}x {words}", f"{BASE_URL}/status/x {words}"
    for find, name in ((resolver.controllers.find, did), (resolver.status_lists.fetch, url)):
        with pytest.raises(Unavailable) as caught:
            find(name)
        assert caught.value.detail.startswith(f"'{name}' is not ")


def test_an_external_issuer_is_looked_up_remotely() -> None:
    by = issuer(did="did:web:elsewhere.example")
    setup = submitted_setup()
    report = setup.submitted_reports.check(as_bytes(signed(unsigned(by), method=f"{by.did}#key-1")), VISIT).report
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unavailable")
    assert setup.remote_sources.requested == ["did:web:elsewhere.example"]


def test_an_external_did_key_issuer_is_valid_but_not_registered() -> None:
    document = unsigned(issuer(OTHER_KEY), entries=())
    del document["credentialStatus"]
    report = submitted_setup().submitted_reports.check(as_bytes(signed(document, key=OTHER_KEY)), VISIT).report
    assert (report.verdict, report.findings[7].code) == (Verdict.VALID, "issuer_not_registered")


def test_only_a_submitted_hosted_credential_is_recorded_as_an_event() -> None:
    setup = submitted_setup()
    setup.submitted_reports.check(as_bytes(signed(unsigned())), VISIT)
    [event] = setup.hosted.event_store.events.values()
    assert (event.kind, event.credential_id, event.verdict) == (Kind.VERIFICATION, "a" * 26, "valid")
    foreign = unsigned(issuer(OTHER_KEY))
    setup.submitted_reports.check(as_bytes(signed(foreign, key=OTHER_KEY)), VISIT)
    assert len(setup.hosted.event_store.events) == 1


@pytest.mark.parametrize(
    "link",
    [
        f"{BASE_URL}/c/{'a' * 26}",
        f"{BASE_URL}/c/{'a' * 26}?utm_source=mail#top",
        f"{BASE_URL}/c/{'a' * 26}/",
        f"{BASE_URL}/v1/credentials/{'a' * 26}",
        f"{BASE_URL}/v1/credentials/{'a' * 26}/report",
    ],
)
def test_a_link_to_a_hosted_credential_opens_the_hosted_report(link: str) -> None:
    setup = submitted_setup()
    checked = setup.submitted_reports.check(f"  {link}\n".encode(), VISIT)
    assert (checked.report.verdict, checked.hosted) == (Verdict.VALID, "a" * 26)
    assert len(setup.hosted.event_store.events) == 1
    assert not setup.remote_sources.requested


def test_a_link_to_an_unknown_hosted_credential_is_not_found() -> None:
    with pytest.raises(NotFound):
        submitted_setup().submitted_reports.check_link(f"{BASE_URL}/c/{'b' * 26}", VISIT)


@pytest.mark.parametrize("tail", ["", "/", "/docs", "/status/list?x", "/issuers/north/did.json#key", "?a"])
def test_other_laurel_pages_are_never_fetched(tail: str) -> None:
    setup = submitted_setup()
    with pytest.raises(Malformed) as caught:
        setup.submitted_reports.check_link(f"{BASE_URL.upper()}{tail}", VISIT)
    assert caught.value.code == "nothing_found"
    assert not setup.remote_sources.requested


def test_an_external_link_is_followed_once() -> None:
    setup = submitted_setup(page=as_bytes(signed(unsigned())))
    checked = setup.submitted_reports.check(LINK.encode(), VISIT)
    assert (checked.report.verdict, checked.url) == (Verdict.VALID, LINK)
    assert setup.remote_sources.requested == [LINK]


def test_a_link_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        submitted_setup().submitted_reports.check_link(LINK, VISIT)


@pytest.mark.parametrize("body", [b"<!doctype html><p>Hello", b"https://third.example/", b"", b"%PDF-1.7"])
def test_a_link_to_something_other_than_a_credential_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        submitted_setup(page=body).submitted_reports.check_link(LINK, VISIT)
    assert caught.value.code == "nothing_found"


def test_the_recipient_is_checked_for_submitted_credentials_too() -> None:
    report = (
        submitted_setup()
        .submitted_reports.check(as_bytes(signed(unsigned())), VISIT, VerificationOptions("eve@example.org"))
        .report
    )
    assert report.findings[8].code == "recipient_differs"


def test_a_submitted_laurel_token_is_valid_even_after_a_key_rotation() -> None:
    issuing, remote_sources = IssuerFixture(), RemoteSources()
    issuer_context = issuing.issuer_context
    hosted_reports = replace(submitted_setup().hosted.hosted_reports, public_store=issuing.issuer_store)
    submitted_reports = SubmittedReports(
        issuing.issuer_store,
        hosted_reports,
        lambda _admit: remote_sources,
        issuer_context.base_url,
        issuer_context.clock,
        allowance(),
    )
    token = (issuing.issue(jwt=True).jwt or "").encode()
    assert submitted_reports.check(token, VISIT).report.verdict is Verdict.VALID
    rotation.rotate_key(issuer_context, issuing.issuer.id)
    assert submitted_reports.check(token, VISIT).report.verdict is Verdict.VALID


@pytest.mark.parametrize("code", ["address_refused", "http_status", "out_of_time"])
def test_an_error_of_the_link_is_an_unreadable_link(code: str) -> None:
    setup = submitted_setup()

    def refuse(url: str) -> Fetched:
        raise Unavailable("The link failed.", code=code)

    setup.remote_sources.credential = refuse  # type: ignore[method-assign]
    with pytest.raises(UnreadableLink) as caught:
        setup.submitted_reports.check_link(LINK, VISIT)
    assert (caught.value.code, caught.value.detail) == (code, "The link failed.")


@pytest.mark.parametrize(
    ("url", "credential_id"),
    [
        (f"{BASE_URL}/c/{'a' * 26}", "a" * 26),
        (f"HTTP://LocalHost:8000/c/{'a' * 26}#top", "a" * 26),
        (f"{BASE_URL}/v1/credentials/{'b' * 26}/report?x=1", "b" * 26),
        (f"{BASE_URL}.evil.example/c/{'a' * 26}", None),
        (f"{BASE_URL}/status/{'a' * 26}", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_laurel_urls_are_distinguished_from_all_others(url: str, credential_id: str | None) -> None:
    assert submitted_setup().submitted_reports.hosted_id(url) == credential_id


@pytest.mark.parametrize("tail", ["", "nothing", "A" * 26, "a" * 27, "a" * 2000, "../" + "a" * 26, f"{'a' * 26}/x"])
def test_a_laurel_url_without_a_credential_makes_no_remote_request(tail: str) -> None:
    setup = submitted_setup()
    with pytest.raises(NotFound):
        setup.submitted_reports.check_link(f"{BASE_URL}/c/{tail}", VISIT)
    assert not setup.remote_sources.requested
