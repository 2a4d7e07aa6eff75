from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from chalicelib.analytics.event import Kind, Visit
from chalicelib.award.issuers import issuer_actions
from chalicelib.errors import Malformed, NotFound, Unavailable, UnreadableLink
from chalicelib.reports.submitted import SubmittedReports
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.ports import Controller, Controllers, Fetched, StatusLists
from chalicelib.verify.report import Verdict
from tests.award.fakes import House
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
from tests.reports.test_hosted import Stage, record_of

VISIT = Visit(Kind.VERIFICATION, "192.0.2.7", "A program", None)
HOSTED_DID = "did:web:localhost%3A8000:issuers:fernhill"
LINK = "https://elsewhere.example/badge"


@dataclass
class RemoteSources:
    """The open world from dictionaries, which counts how often it was opened."""

    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def controllers(self) -> Controllers:
        return self

    @property
    def status_lists(self) -> StatusLists:
        return FakeResolver().resolver().status_lists

    def find(self, did: str, kid: str | None = None) -> Controller:
        self.asked.append(did)
        raise Unavailable(f"{did} does not answer")

    def credential(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.pages:
            raise Unavailable(f"{url} does not answer", code="http_status")
        return Fetched(url, self.pages[url], NOW)


@dataclass
class Bench:
    stage: Stage
    remote_sources: RemoteSources
    submitted_reports: SubmittedReports


def bench(stage: Stage | None = None, page: bytes | None = None) -> Bench:
    stage, remote_sources = stage or Stage(), RemoteSources({} if page is None else {LINK: page})
    submitted_reports = SubmittedReports(
        stage.public_store, stage.hosted_reports, lambda: remote_sources, BASE_URL, lambda: NOW
    )
    return Bench(stage, remote_sources, submitted_reports)


def test_a_pasted_credential_of_ours_is_valid_from_our_own_tables() -> None:
    made = bench()
    checked = made.submitted_reports.check(as_bytes(signed(unsigned())), VISIT)
    assert checked.report.verdict is Verdict.VALID
    assert checked.report.findings[7].code == "issuer_registered"
    assert not made.remote_sources.asked


def test_a_hosted_did_web_is_read_and_never_fetched() -> None:
    by = issuer(did=HOSTED_DID, keys=(replace(issuer().keys[0], fragment="key-1"),))
    document = signed(unsigned(by), method=f"{HOSTED_DID}#key-1")
    made = bench(Stage(by, record_of(document)))
    report = made.submitted_reports.check(as_bytes(document), VISIT).report
    # Its status lists in this stage are by the did:key issuer, so they cannot speak for this one.
    assert report.findings[4].code == "signer_is_issuer"
    assert not made.remote_sources.asked


def test_what_we_host_and_do_not_have_is_not_fetched_either() -> None:
    by = issuer(did="did:web:localhost%3A8000:issuers:nobody")
    made = bench()
    report = made.submitted_reports.check(as_bytes(signed(unsigned(by), method=f"{by.did}#key-1")), VISIT).report
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unavailable")
    assert not made.remote_sources.asked


def test_a_stranger_is_looked_up_outside() -> None:
    by = issuer(did="did:web:elsewhere.example")
    made = bench()
    report = made.submitted_reports.check(as_bytes(signed(unsigned(by), method=f"{by.did}#key-1")), VISIT).report
    assert (report.verdict, report.findings[3].code) == (Verdict.UNKNOWN, "key_unavailable")
    assert made.remote_sources.asked == ["did:web:elsewhere.example"]


def test_a_stranger_with_a_did_key_is_valid_and_unknown_to_us() -> None:
    document = unsigned(issuer(OTHER_KEY), entries=())
    del document["credentialStatus"]
    report = bench().submitted_reports.check(as_bytes(signed(document, key=OTHER_KEY)), VISIT).report
    assert (report.verdict, report.findings[7].code) == (Verdict.VALID, "issuer_not_registered")


def test_a_pasted_credential_of_ours_is_an_event_and_a_strangers_is_none() -> None:
    made = bench()
    made.submitted_reports.check(as_bytes(signed(unsigned())), VISIT)
    [event] = made.stage.event_store.events.values()
    assert (event.kind, event.credential_id, event.verdict) == (Kind.VERIFICATION, "a" * 26, "valid")
    foreign = unsigned(issuer(OTHER_KEY))
    made.submitted_reports.check(as_bytes(signed(foreign, key=OTHER_KEY)), VISIT)
    assert len(made.stage.event_store.events) == 1


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
def test_a_link_of_ours_opens_as_its_own_page_does(link: str) -> None:
    made = bench()
    checked = made.submitted_reports.check(f"  {link}\n".encode(), VISIT)
    assert (checked.report.verdict, checked.hosted) == (Verdict.VALID, "a" * 26)
    assert len(made.stage.event_store.events) == 1
    assert not made.remote_sources.asked


def test_a_link_of_ours_that_leads_nowhere_is_not_found() -> None:
    with pytest.raises(NotFound):
        bench().submitted_reports.check_link(f"{BASE_URL}/c/{'b' * 26}", VISIT)


@pytest.mark.parametrize("tail", ["", "/", "/docs", "/status/list?x", "/issuers/north/did.json#key", "?a"])
def test_another_page_of_ours_is_never_fetched(tail: str) -> None:
    made = bench()
    with pytest.raises(Malformed) as caught:
        made.submitted_reports.check_link(f"{BASE_URL.upper()}{tail}", VISIT)
    assert caught.value.code == "nothing_found"
    assert not made.remote_sources.asked


def test_a_foreign_link_is_followed_once() -> None:
    made = bench(page=as_bytes(signed(unsigned())))
    checked = made.submitted_reports.check(LINK.encode(), VISIT)
    assert (checked.report.verdict, checked.url) == (Verdict.VALID, LINK)
    assert made.remote_sources.asked == [LINK]


def test_a_link_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        bench().submitted_reports.check_link(LINK, VISIT)


@pytest.mark.parametrize("body", [b"<!doctype html><p>Hello", b"https://third.example/", b"", b"%PDF-1.7"])
def test_a_link_without_a_credential_behind_it_says_so(body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        bench(page=body).submitted_reports.check_link(LINK, VISIT)
    assert caught.value.code == "nothing_found"


def test_the_recipient_is_asked_for_strangers_too() -> None:
    report = (
        bench()
        .submitted_reports.check(as_bytes(signed(unsigned())), VISIT, VerificationOptions("eve@example.org"))
        .report
    )
    assert report.findings[8].code == "recipient_differs"


def test_our_own_token_is_valid_when_pasted_and_after_a_rotation() -> None:
    house, remote_sources = House(), RemoteSources()
    issuer_context = house.issuer_context
    hosted_reports = replace(bench().stage.hosted_reports, public_store=house.issuer_store)
    submitted_reports = SubmittedReports(
        house.issuer_store, hosted_reports, lambda: remote_sources, issuer_context.base_url, issuer_context.clock
    )
    token = (house.issue(jwt=True).jwt or "").encode()
    assert submitted_reports.check(token, VISIT).report.verdict is Verdict.VALID
    issuer_actions.rotate_key(issuer_context, house.issuer.id)
    assert submitted_reports.check(token, VISIT).report.verdict is Verdict.VALID


@pytest.mark.parametrize("code", ["address_refused", "http_status", "out_of_time"])
def test_a_fault_of_the_link_is_told_from_a_fault_of_ours(code: str) -> None:
    made = bench()

    def refuse(url: str) -> Fetched:
        raise Unavailable("It is so.", code=code)

    made.remote_sources.credential = refuse  # type: ignore[method-assign]
    with pytest.raises(UnreadableLink) as caught:
        made.submitted_reports.check_link(LINK, VISIT)
    assert (caught.value.code, caught.value.detail) == (code, "It is so.")


@pytest.mark.parametrize(
    ("url", "found"),
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
def test_addresses_of_ours_are_told_from_all_others(url: str, found: str | None) -> None:
    assert bench().submitted_reports.hosted_id(url) == found


@pytest.mark.parametrize("tail", ["", "nothing", "A" * 26, "a" * 27, "a" * 2000, "../" + "a" * 26, f"{'a' * 26}/x"])
def test_an_address_of_ours_that_no_credential_has_asks_nobody(tail: str) -> None:
    made = bench()
    with pytest.raises(NotFound):
        made.submitted_reports.check_link(f"{BASE_URL}/c/{tail}", VISIT)
    assert not made.remote_sources.asked
