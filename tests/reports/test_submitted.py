from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from chalicelib.analytics.event import Kind, Visit, VisitorClass
from chalicelib.award.keys import rotation
from chalicelib.credential import lookalike
from chalicelib.errors import Malformed, NotFound, Unavailable, UnreadableLink
from chalicelib.reports.fetch_allowance import FetchAllowance
from chalicelib.reports.submitted import SubmittedReport, SubmittedReports
from chalicelib.reports.submitted_resolver import build_open_resolver
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.ports import Controller, Controllers, Documents, Fetched, KnownIssuer, Registry, StatusLists
from chalicelib.verify.report import Verdict
from tests import fakes
from tests.award.fakes import IssuerFixture
from tests.makers import (
    BASE_URL,
    NOW,
    OTHER_KEY,
    DocumentsAt,
    FakeResolver,
    as_bytes,
    issuer,
    signed,
    unsigned,
)
from tests.reports.test_hosted import HostedSetup, record_of
from tests.verify.formats.old_badges import ASSERTION, assertion, hosted_web

VISIT = Visit(Kind.VERIFICATION, "192.0.2.7", "A program", None, VisitorClass.KNOWN_BOT)
HOSTED_DID = "did:web:localhost%3A8000:issuers:fernhill"
LINK = "https://elsewhere.example/badge"


@dataclass
class RemoteSources:
    """Fake remote sources that record every request."""

    pages: dict[str, bytes] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)
    known: dict[str, KnownIssuer] = field(default_factory=dict)

    @property
    def controllers(self) -> Controllers:
        return self

    @property
    def status_lists(self) -> StatusLists:
        return FakeResolver().resolver().status_lists

    @property
    def documents(self) -> Documents:
        return DocumentsAt(self.credential)

    @property
    def registry(self) -> Registry:
        return FakeResolver(known=self.known).resolver().registry

    def find(self, did: str, kid: str | None = None) -> Controller:
        self.requested.append(did)
        raise Unavailable(f"{did} does not answer")

    def credential(self, url: str) -> Fetched:
        self.requested.append(url)
        if url not in self.pages:
            raise Unavailable(f"{url} does not answer", code="http_status")
        return Fetched(url, self.pages[url], NOW)

    def prefetch(self, urls: Sequence[str]) -> None:
        """See the port: nothing is read ahead here."""

    def refresh(self) -> bool:
        return False


def allowance() -> FetchAllowance:
    return FetchAllowance(fakes.RateStore(), fakes.Salts(), lambda: NOW, lambda: 0.0, bytes, request_seconds=10)


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
    assert (checked.report.verdict, checked.record and checked.record.id) == (Verdict.VALID, "a" * 26)
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


def old_badge_setup() -> SubmittedSetup:
    setup = submitted_setup()
    setup.remote_sources.pages = {url: json.dumps(page).encode() for url, page in hosted_web().items()}
    return setup


def test_a_link_to_a_hosted_badge_of_the_old_format_is_followed() -> None:
    setup = old_badge_setup()
    checked = setup.submitted_reports.check(ASSERTION.encode(), VISIT)
    assert (checked.report.verdict, checked.report.format) == (Verdict.VALID, "Open Badges 2.0, hosted")
    assert setup.remote_sources.requested == [ASSERTION, *hosted_web()]


def test_an_image_with_the_address_of_a_hosted_badge_leads_to_it() -> None:
    image = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><openbadges:assertion '
    checked = old_badge_setup().submitted_reports.check(f'{image}verify="{ASSERTION}"/></svg>'.encode(), VISIT)
    assert (checked.report.verdict, checked.url) == (Verdict.VALID, ASSERTION)


def test_a_badge_of_the_old_format_is_never_fetched_from_laurel_itself() -> None:
    setup = old_badge_setup()
    own = f"{BASE_URL}/c/x".replace("http:", "https:")
    setup.submitted_reports = replace(setup.submitted_reports, base_url=BASE_URL.replace("http:", "https:"))
    checked = setup.submitted_reports.check(json.dumps(assertion(id=own)).encode(), VISIT)
    assert checked.report.verdict is Verdict.UNKNOWN
    assert not setup.remote_sources.requested


@pytest.mark.parametrize(
    "source",
    [
        b'{"@context": [] "type": []}',
        b'{"@context": [',
        b'{"a": "\xff"}',
        b"{&quot;@context&quot;: [",
        b"eyJhbGciOiJFZERTQSJ9..",
        b"eyJhbGciOiJFZERTQSJ9.e30.A",
        b"eyJh.eyJi.c2ln",
    ],
    ids=["comma", "end", "not UTF-8", "escaped", "empty token", "cut signature", "no JSON"],
)
def test_what_is_not_a_credential_at_all_gets_no_verdict(source: bytes) -> None:
    """Nothing was verified, so "invalid" would say too much."""
    with pytest.raises(Malformed) as caught:
        submitted_setup().submitted_reports.check(source, VISIT)
    assert caught.value.code == "nothing_found"
    assert caught.value.detail


def test_escaped_json_is_verified_as_what_it_says() -> None:
    document = json.dumps(signed(unsigned()))
    checked = submitted_setup().submitted_reports.check(html.escape(document).encode(), VISIT)
    assert checked.report.verdict is submitted_setup().submitted_reports.check(document.encode(), VISIT).report.verdict


@pytest.mark.parametrize("link", ["https://www.linkedin.com/in/ada", "https://de.linkedin.com/in/ada/"])
def test_a_profile_is_not_fetched(link: str) -> None:
    with pytest.raises(Malformed, match="LinkedIn profile"):
        submitted_setup().submitted_reports.check(link.encode(), VISIT)


def test_several_credentials_each_get_their_own_result() -> None:
    setup = submitted_setup(page=as_bytes(signed(unsigned())))
    good = as_bytes(signed(unsigned()))
    parts = (good, good.replace(b"Watercolour", b"Oil"), b"{", LINK.encode(), b"https://gone.example/1", b"hello")
    first, changed, broken, linked, gone, prose = setup.submitted_reports.check_each(parts, VISIT)
    assert [each.report.verdict for each in (first, changed, linked) if isinstance(each, SubmittedReport)] == [
        Verdict.VALID,
        Verdict.INVALID,
        Verdict.VALID,
    ]
    assert [getattr(each, "code", None) for each in (broken, gone, prose)] == [
        "nothing_found",
        "http_status",
        "nothing_found",
    ]


def test_several_credentials_share_the_work_of_one_request() -> None:
    """Each alone is checked; together they would take seconds."""
    heavy = as_bytes({**signed(unsigned()), "evidence": [{"type": "Evidence"}] * 3_000})
    reports = submitted_setup().submitted_reports
    assert reports.check(heavy, VISIT).report.verdict is Verdict.INVALID
    found = [each for each in reports.check_each([heavy] * 20, VISIT) if isinstance(each, SubmittedReport)]
    codes = [each.report.findings[2].code for each in found]
    assert (codes[0], codes[-1], found[-1].report.verdict) == ("contexts_known", "too_much_at_once", Verdict.UNKNOWN)


def test_several_credentials_share_the_time_of_one_request() -> None:
    """Twenty slow links must not take twenty times as long."""
    hosted, opened = HostedSetup(), 0

    def remote_sources(_admit: object) -> RemoteSources:
        nonlocal opened
        opened += 1
        return RemoteSources({})

    reports = SubmittedReports(
        hosted.public_store, hosted.hosted_reports, remote_sources, BASE_URL, lambda: NOW, allowance()
    )
    reports.check_each([f"https://slow.example/{number}".encode() for number in range(20)], VISIT)
    assert opened == 1


def page_with(*tags: str) -> bytes:
    return f"<!doctype html><html><head>{''.join(tags)}</head><body>A badge</body></html>".encode()


BEHIND = "https://elsewhere.example/credential"
TO_CREDENTIAL = f'<link rel="alternate" type="application/vc" href="{BEHIND}">'


def test_a_web_page_leads_to_the_credential_behind_it() -> None:
    setup = submitted_setup(page=page_with(TO_CREDENTIAL))
    setup.remote_sources.pages[BEHIND] = as_bytes(signed(unsigned()))
    checked = setup.submitted_reports.check(LINK.encode(), VISIT)
    assert (checked.report.verdict, checked.url, checked.page) == (Verdict.VALID, BEHIND, LINK)
    assert "whether the web page says the same as the credential behind it" in checked.report.not_checked
    assert setup.remote_sources.requested == [LINK, BEHIND]


def test_a_credential_in_a_web_page_is_verified() -> None:
    written = as_bytes(signed(unsigned())).decode()
    setup = submitted_setup(page=page_with(f'<script type="application/ld+json">{written}</script>'))
    checked = setup.submitted_reports.check_link(LINK, VISIT)
    assert (checked.report.verdict, checked.url, checked.page) == (Verdict.VALID, LINK, LINK)
    assert setup.remote_sources.requested == [LINK]


def test_a_tampered_credential_behind_a_page_is_invalid() -> None:
    setup = submitted_setup(page=page_with(TO_CREDENTIAL))
    setup.remote_sources.pages[BEHIND] = as_bytes({**signed(unsigned()), "name": "Doctor of everything"})
    assert setup.submitted_reports.check_link(LINK, VISIT).report.verdict is Verdict.INVALID


@pytest.mark.parametrize("behind", [page_with(TO_CREDENTIAL), page_with(), b"https://third.example/", b"%PDF-1.7"])
def test_only_one_step_is_followed(behind: bytes) -> None:
    setup = submitted_setup(page=page_with(TO_CREDENTIAL))
    setup.remote_sources.pages[BEHIND] = behind
    with pytest.raises(Malformed) as caught:
        setup.submitted_reports.check_link(LINK, VISIT)
    assert caught.value.code == "nothing_found"
    assert setup.remote_sources.requested == [LINK, BEHIND]


def test_a_page_that_leads_to_nothing_that_answers_is_an_unreadable_link() -> None:
    with pytest.raises(UnreadableLink):
        submitted_setup(page=page_with(TO_CREDENTIAL)).submitted_reports.check_link(LINK, VISIT)


def test_a_page_of_another_site_that_leads_to_a_hosted_credential_opens_it() -> None:
    setup = submitted_setup(page=page_with(f'<a type="application/vc" href="{HOSTED_PAGE}">'))
    setup.submitted_reports = replace(setup.submitted_reports, base_url=HOSTED_PAGE.partition("/c/")[0])
    checked = setup.submitted_reports.check_link(LINK, VISIT)
    assert checked.record is not None
    assert (checked.record.id, checked.page, setup.remote_sources.requested) == ("a" * 26, LINK, [LINK])


HOSTED_PAGE = f"https://laurel.example/c/{'a' * 26}"


def test_a_link_in_a_page_to_other_pages_of_ours_is_not_fetched() -> None:
    setup = submitted_setup(page=page_with('<a type="application/vc" href="https://laurel.example/docs">'))
    setup.submitted_reports = replace(setup.submitted_reports, base_url="https://laurel.example")
    with pytest.raises(Malformed):
        setup.submitted_reports.check_link(LINK, VISIT)
    assert setup.remote_sources.requested == [LINK]


def test_links_of_a_redirected_page_are_those_of_the_page_that_it_led_to() -> None:
    setup = submitted_setup()
    moved = Fetched(LINK, page_with('<a href="7.json">'), NOW, location="https://moved.example/a/")
    pages = {LINK: moved, "https://moved.example/a/7.json": Fetched(BEHIND, as_bytes(signed(unsigned())), NOW)}
    setup.remote_sources.credential = lambda url: pages[url]  # type: ignore[method-assign]
    assert setup.submitted_reports.check_link(LINK, VISIT).url == "https://moved.example/a/7.json"


def test_the_page_of_a_known_platform_is_not_read_but_the_badge_behind_it() -> None:
    page = "https://www.credly.com/badges/30b2e6d2-64a7-4d1e-8a3b-5f6d2c1b0a99/public_url"
    behind = "https://api.credly.com/v1/obi/v2/badge_assertions/30b2e6d2-64a7-4d1e-8a3b-5f6d2c1b0a99"
    setup = submitted_setup()
    setup.remote_sources.pages = {url: json.dumps(document).encode() for url, document in hosted_web().items()}
    setup.remote_sources.pages[behind] = setup.remote_sources.pages[ASSERTION]
    checked = setup.submitted_reports.check_link(page, VISIT)
    assert (checked.report.verdict, checked.url, checked.page) == (Verdict.VALID, behind, page)
    assert setup.remote_sources.requested[0] == behind
    assert page not in setup.remote_sources.requested


PDF = "whether the PDF says the same as the credential in it"


def pdf_with(credential: bytes) -> bytes:
    return b"%PDF-1.7\n7 0 obj\n<< /Type /EmbeddedFile >>\nstream\n" + credential + b"\nendstream\nendobj\n"


def test_a_credential_attached_to_a_pdf_is_verified() -> None:
    setup = submitted_setup()
    checked = setup.submitted_reports.check(pdf_with(as_bytes(signed(unsigned()))), VISIT)
    assert checked.report.verdict is Verdict.VALID
    assert PDF in checked.report.not_checked
    [found] = setup.submitted_reports.check_each([pdf_with(as_bytes(signed(unsigned())))], VISIT)
    assert isinstance(found, SubmittedReport)
    assert PDF in found.report.not_checked


def test_a_tampered_credential_in_a_pdf_is_invalid() -> None:
    changed = pdf_with(as_bytes({**signed(unsigned()), "name": "Doctor of everything"}))
    assert submitted_setup().submitted_reports.check(changed, VISIT).report.verdict is Verdict.INVALID


def test_a_linked_pdf_is_read_like_an_uploaded_one() -> None:
    checked = submitted_setup(page=pdf_with(as_bytes(signed(unsigned())))).submitted_reports.check_link(LINK, VISIT)
    assert (checked.report.verdict, checked.url, checked.page) == (Verdict.VALID, LINK, None)
    assert PDF in checked.report.not_checked


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Fernhill College", "issuer_lookalike"),
        ("Fernhi11 Cоllege™", "issuer_lookalike"),
        ("Fernhill School", "issuer_not_registered"),
    ],
)
def test_an_issuer_elsewhere_with_a_registered_name_is_warned_of(name: str, code: str) -> None:
    setup = submitted_setup()
    for digest in lookalike.digests("Fernhill College"):
        setup.hosted.public_store.add_name_holder(digest, "fernhill")
    document = unsigned(issuer(OTHER_KEY, name=name), entries=())
    del document["credentialStatus"]
    report = setup.submitted_reports.check(as_bytes(signed(document, key=OTHER_KEY)), VISIT).report
    assert (report.verdict, report.findings[7].code) == (Verdict.VALID, code)


def test_the_registered_issuer_itself_is_not_warned_of() -> None:
    setup = submitted_setup()
    for digest in lookalike.digests("Fernhill College"):
        setup.hosted.public_store.add_name_holder(digest, "fernhill")
    report = setup.submitted_reports.check(as_bytes(signed(unsigned())), VISIT).report
    assert report.findings[7].code == "issuer_registered"
