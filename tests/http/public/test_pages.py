"""The text of the pages, and protection against hostile text in them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.credential.record import CredentialStatus, State
from chalicelib.delivery.holder.sharing import ORIGINS
from chalicelib.http.html import render, text
from chalicelib.http.public.credential import check_list, verdict_line, verdict_text
from chalicelib.http.public.credential.credential_facts import Link, facts_of
from chalicelib.http.public.credential.credential_page import page_of, show
from chalicelib.http.public.credential.credential_view import of_hosted
from chalicelib.language.phrase import phrase
from chalicelib.reports.hosted import HostedReport
from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import Finding, Outcome, Report, Verdict
from tests import makers
from tests.http.fake_laurel import BASE_URL, KINDS, NOW, Laurel, hostile, id_of, seeded
from tests.http.gateway import HTML, Gateway

HEADLINES = {
    "valid": "This credential is genuine and valid.",
    "expired": "This credential is genuine, but it has expired.",
    "not_yet_valid": "This credential is genuine, but not valid yet.",
    "revoked": "This credential has been revoked.",
    "suspended": "This credential is suspended.",
    "tampered": "This credential is not genuine.",
    "wrong_signer": "This credential is not genuine.",
    "unreachable_status": "We could not verify this credential.",
}
UNPROVEN = "This credential is genuine and valid, but the issuer’s identity is not proven."
LINES = {
    "valid": "Issued by \u2068Fernhill College\u2069. The operator of this service vouches for this name.",
    "expired": "It was valid from 18 October 2025 to 12 November 2026.",
    "not_yet_valid": "It is valid from 22 December 2026.",
    "revoked": "Revoked on 19 November 2026, meaning the issuer has taken it back. Do not rely on it.",
    "suspended": "Suspended since 19 November 2026. The issuer may reinstate it, so check again before you decide.",
    "tampered": "The signature is not valid: the credential was changed after it was signed. Do not rely on it.",
    "wrong_signer": "It is signed, but not by the issuer that it names. Do not rely on it.",
    "unreachable_status": "The signature is genuine, but Laurel could not check whether the credential was revoked.",
}
CLAIMED = ("Ada Nwosu", "Eve Malory", "Fernhill", "Data analysis", "Completed twelve", "portfolio.example", "Python")


class Outline(HTMLParser):
    """The elements, attributes and visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def shape(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    def attributes(self, *names: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.elements for name in names if name in attrs]


OWN_SCRIPT = (render.TEMPLATES / "share.js").read_text()
SHARING = (*(f"{origin}/" for origin in ORIGINS), "mailto:?")
"""The beginnings of all links that share a credential."""


def without_own_scripts(html: str) -> str:
    """``html`` without the script of the page and without its structured data, which must be JSON."""
    found = re.compile(r'<script type="application/ld\+json">([^<>&]*)</script>')
    for data in found.findall(html):
        assert json.loads(data)["@type"] == "EducationalOccupationalCredential"
    return found.sub("", html).replace(f"<script>{OWN_SCRIPT}</script>", "")


def page(hosted: HostedReport) -> str:
    body = show(of_hosted(hosted, BASE_URL), BASE_URL, {}).body
    assert isinstance(body, str)
    return body


@pytest.fixture(scope="module")
def valid_report() -> HostedReport:
    laurel = seeded()
    return laurel.hosted_reports.open(id_of("valid"), None)


@pytest.mark.parametrize("kind", KINDS)
def test_verdict_comes_first_as_text(client: Gateway, laurel: Laurel, kind: str) -> None:
    outline = Outline(client.get(laurel.url(kind), accept=HTML).text)
    sentences = [part.strip() for part in outline.texts[outline.texts.index(HEADLINES[kind]) :] if part.strip()]
    assert sentences[:2] == [HEADLINES[kind], LINES[kind]]
    assert outline.shape[outline.shape.index("main") :].index("h1") < 10


def test_reason_of_the_issuer_is_shown(client: Gateway, laurel: Laurel) -> None:
    assert "Issued to the wrong person." in client.get(laurel.url("revoked"), accept=HTML).text
    assert "An appeal is being heard." in client.get(laurel.url("suspended"), accept=HTML).text


def test_stored_reason_is_hidden_if_the_signed_status_list_disagrees(valid_report: HostedReport) -> None:
    noted = CredentialStatus(State.REVOKED, NOW, "Because of a rumour.")
    assert "rumour" not in page(replace(valid_report, record=replace(valid_report.record, status=noted)))
    revoked = replace(valid_report.report, verdict=Verdict.REVOKED)
    line = page_of(of_hosted(replace(valid_report, report=revoked), BASE_URL), BASE_URL).line
    assert line == "Revoked, meaning the issuer has taken it back. Do not rely on it."


@pytest.mark.parametrize("kind", ["valid", "revoked", "expired"])
def test_proven_credential_is_shown_in_full(client: Gateway, laurel: Laurel, kind: str) -> None:
    html = client.get(laurel.url(kind), accept=HTML).text
    for claimed in CLAIMED:
        assert (claimed in html) is (claimed != "Eve Malory")
    assert 'alt="A bar chart"' in html


@pytest.mark.parametrize("kind", ["tampered", "wrong_signer"])
def test_claims_of_an_unproven_credential_are_not_shown(client: Gateway, laurel: Laurel, kind: str) -> None:
    html = client.get(laurel.url(kind), accept=HTML).text
    from_the_record = "this link should lead to a credential issued by \u2068Fernhill College\u2069."
    assert html.count(from_the_record) == 1  # whom to ask, as the operators registered it
    html = html.replace(from_the_record, "")
    for claimed in CLAIMED:
        assert claimed not in html
    assert "<img" not in html
    assert "og:image" not in html


@pytest.mark.parametrize("kind", KINDS)
def test_every_check_is_shown_with_number_message_and_outcome(client: Gateway, laurel: Laurel, kind: str) -> None:
    html = client.get(laurel.url(kind), accept=HTML).text
    texts = {part.strip() for part in Outline(html).texts}
    report = client.get(laurel.url(kind)).json
    reached = [finding for finding in report["findings"] if finding["code"] != "not_reached"]
    assert html.count('<details class="check"') == len(reached)
    for finding in reached:
        assert {str(finding["number"]), finding["check"].capitalize(), finding["message"]} <= texts
        assert finding["code"] in texts
        assert all(item["sha256"] in texts for item in finding["evidence"])
    for finding in report["findings"]:
        assert finding["message"] in texts
    assert set(report["not_checked"]) <= texts


@pytest.mark.parametrize("kind", ["revoked", "tampered", "unreachable_status"])
def test_deciding_check_is_expanded(client: Gateway, laurel: Laurel, kind: str) -> None:
    assert client.get(laurel.url(kind), accept=HTML).text.count('<details class="check" open') == 1


def test_every_verdict_and_outcome_has_text() -> None:
    assert set(verdict_text.VERDICT_TEXTS) == set(Verdict)
    assert set(check_list.OUTCOMES) == set(Outcome)
    assert set(verdict_line.UNSURE) == {check.name for check in CHECKS} - {"issuer", "extras"}
    shapes = {face.tone: face.shape for face in verdict_text.VERDICT_TEXTS.values()}
    assert shapes == {"good": "tick", "warn": "triangle", "bad": "octagon", "open": "question"}
    assert {verdict for verdict, face in verdict_text.VERDICT_TEXTS.items() if face.tone == "good"} == {Verdict.VALID}


@settings(deadline=None)  # the first run creates the fake
@given(
    st.sampled_from(list(Verdict)),
    st.lists(st.sampled_from(list(Outcome)), max_size=8),  # without the recipient, see test_recipient
    st.booleans(),
)
def test_any_report_renders(verdict: Verdict, outcomes: list[Outcome], proven: bool) -> None:
    hosted = (
        _VALID_REPORT[0]
        if _VALID_REPORT
        else _VALID_REPORT.append(seeded().hosted_reports.open(id_of("valid"), None)) or _VALID_REPORT[0]
    )
    findings = tuple(
        Finding(check.number, check.name, outcome, "code", "Sentence.")
        for check, outcome in zip(CHECKS, outcomes, strict=False)
    )
    report = Report(verdict, NOW, None, hosted.report.credential if proven else None, findings, ())
    assert verdict_text.verdict_text(report).headline in page(replace(hosted, report=report))


_VALID_REPORT: list[HostedReport] = []


def test_unknown_issuer_is_a_caution_not_a_failure(client: Gateway, laurel: Laurel) -> None:
    record = hostile(laurel, makers.unsigned())
    html = client.get(f"/c/{record.id}", accept=HTML).text
    assert UNPROVEN in html
    assert HEADLINES["valid"] not in html
    assert '<section class="verdict caution"' in html
    assert '"verdict bad"' not in html
    before = html[html.index("Before you decide") :]
    assert "The issuer is not in any registry that Laurel uses." in before[: before.index("</ul>")]
    name = "Issued under the name “\u2068Fernhill College\u2069”."
    assert f"{name} Anyone can use any name, so check with the organization directly." in html
    assert "https://fernhill.example/" not in html


EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    'https://good.example/"onmouseover=alert(1) x="',
    "https://good.example@evil.example/",
    "https://good.example\\@evil.example/",
    "//evil.example/x",
    "http://evil.example/",
    "https://evil.example/\r\nx",
    "https://xn--e1afmkfd.example:99999999/",
    "{{ 7 * 7 }}{% include 'base.html' %}",
    "\u202emoc.live\u202c\u2066x",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- --><base href=//evil.example>",
    "\x00\x08\x1b[31m",
]


def poisoned(valid_report: HostedReport, evil: str) -> HostedReport:
    """``valid_report`` with ``evil`` in every text that Laurel did not write itself."""

    def poison(value: object) -> object:
        if isinstance(value, dict):
            return {name: poison(member) for name, member in value.items()}
        if isinstance(value, list):
            return [poison(item) for item in value]
        return evil if isinstance(value, str) else value

    assert valid_report.issuer is not None
    view = poison(valid_report.report.credential)
    findings = tuple(finding._replace(message=evil) for finding in valid_report.report.findings)
    report = replace(valid_report.report, credential=view, findings=findings, format=evil, not_checked=(evil,))
    status = CredentialStatus(State.REVOKED, NOW, evil)
    issuer = replace(valid_report.issuer, name=evil, url=evil, did=evil)
    return replace(valid_report, report=report, issuer=issuer, record=replace(valid_report.record, status=status))


def variants(hosted: HostedReport) -> Iterator[HostedReport]:
    unregistered = tuple(
        item._replace(outcome=Outcome.UNKNOWN) if item.check == "issuer" else item for item in hosted.report.findings
    )
    for verdict in Verdict:
        for findings in (hosted.report.findings, unregistered):
            yield replace(hosted, report=replace(hosted.report, verdict=verdict, findings=findings))


@pytest.fixture(scope="module")
def plain_outlines(valid_report: HostedReport) -> list[Outline]:
    """The page of each variant with harmless text."""
    return [Outline(page(hosted)) for hosted in variants(poisoned(valid_report, "plain"))]


OTHER_CONTENT = re.compile(r"<(?:script|iframe|object|embed|base)\b", re.IGNORECASE)
OWN_PLACES = ("#main", "#share-or-download")
"""Links to a place of the page itself."""


SOME_EVIL = ("img src=x", "</title>", "\x01javascript", "\\@evil", "{{", "\u202e", "&lt;")
"""Parts of the texts, one of each kind, with which `make test-fast` renders every variant too."""


@pytest.mark.parametrize(
    "evil",
    [pytest.param(one, marks=() if any(part in one for part in SOME_EVIL) else pytest.mark.slow) for one in EVIL],
    ids=repr,
)
def test_hostile_text_becomes_neither_markup_nor_a_link(
    valid_report: HostedReport, plain_outlines: list[Outline], evil: str
) -> None:
    for outline, hosted in zip(plain_outlines, variants(poisoned(valid_report, evil)), strict=True):
        html = page(hosted)
        actual = Outline(html)
        assert actual.shape == outline.shape
        assert not {name for _, attrs in actual.elements for name in attrs if name.startswith("on")}
        assert not OTHER_CONTENT.search(without_own_scripts(html))
        for link in actual.attributes("href", "src", "action"):
            assert link in OWN_PLACES or link.startswith((f"{BASE_URL}/", "data:image/svg+xml,%3Csvg ", *SHARING)), link
        assert (
            "49" not in re.sub(r"<style>.*</style>", "", html, flags=re.DOTALL).replace("349", "") or evil[:2] != "{{"
        )


@pytest.mark.parametrize("evil", EVIL, ids=repr)
def test_signed_hostile_credential_renders_safely(client: Gateway, laurel: Laurel, evil: str) -> None:
    achievement = replace(makers.ACHIEVEMENT, name=evil, description=evil, criteria=evil, image_alt=evil)
    record = hostile(laurel, makers.unsigned(achievement=achievement))
    response = client.get(f"/c/{record.id}", accept=HTML)
    assert UNPROVEN in response.text
    assert "script" not in Outline(without_own_scripts(response.text)).shape


LINKS = [
    ("https://good.example", True),
    ("https://good.example/a?b=c#d", True),
    ("https://good.example:8443/%C3%A9", True),
    ("https://good.example/é", True),
    ("https://bücher.example/", False),
    ("https://", False),
    ("https:///etc", False),
    ("https://user:pass@good.example/", False),
    ("HTTPS://good.example/", False),
    ("https://good.example/" + "a" * text.MAX_LINK, False),
    *((evil, False) for evil in EVIL),
]


@pytest.mark.parametrize(("url", "allowed"), LINKS, ids=lambda value: repr(value)[:40])
def test_only_plain_https_urls_become_links(url: str, allowed: bool) -> None:
    assert (text.https(url) is not None) is allowed


def is_external(link: str) -> bool:
    return link.startswith("https://") and not link.startswith(BASE_URL)


def test_external_links_are_nofollow_noopener(client: Gateway, laurel: Laurel) -> None:
    outline = Outline(client.get(laurel.url("valid"), accept=HTML).text)
    external_links = [attrs for tag, attrs in outline.elements if tag == "a" and is_external(attrs["href"] or "")]
    shared = {attrs["href"] for attrs in external_links if (attrs["href"] or "").startswith(SHARING)}
    assert {attrs["href"] for attrs in external_links} - shared == {
        "https://fernhill.example/",
        "https://skills.example/python",
        "https://skills.example/statistics",
        "https://portfolio.example/ada",
    }
    assert {attrs["rel"] for attrs in external_links} == {"nofollow noopener"}


def test_external_image_is_not_loaded(valid_report: HostedReport) -> None:
    view = dict(valid_report.report.credential or {})
    view["achievement"] = {**view["achievement"], "image": {"url": "https://tracker.example/a.png", "alt": None}}
    html = page(replace(valid_report, report=replace(valid_report.report, credential=view)))
    assert html.count("<img") == html.count('<img class="qr"') == 1
    assert [link for link in Outline(html).attributes("href", "src", "content") if "tracker" in link] == [
        "https://tracker.example/a.png"
    ]
    assert "not loaded, because the site that hosts it could see who views this page" in html


def test_csp_allows_only_the_inline_style_of_the_page(client: Gateway, laurel: Laurel) -> None:
    response = client.get(laurel.url("valid"), accept=HTML)
    (style,) = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = response.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}';" in policy
    assert f"img-src {BASE_URL} data:;" in policy
    assert " style=" not in response.text


def test_page_title_names_the_verdict(client: Gateway, laurel: Laurel) -> None:
    html = client.get(laurel.url("revoked"), accept=HTML).text
    assert "<title>Revoked: Data analysis in practice · Laurel</title>" in html
    assert (
        "<title>This credential is not genuine. · Laurel</title>"
        in client.get(laurel.url("tampered"), accept=HTML).text
    )


@pytest.mark.parametrize("kind", ["valid", "revoked", "tampered"])
def test_link_preview_contains_no_verdict(client: Gateway, laurel: Laurel, kind: str) -> None:
    html = client.get(laurel.url(kind), accept=HTML).text
    preview = " ".join(re.findall(r'<meta property="og:(?:title|description)" content="([^"]*)">', html))
    assert preview.startswith("A credential Is it" if kind == "tampered" else "Data analysis in practice Is it")
    assert HEADLINES[kind] not in preview
    assert "Withdrawn" not in preview


def test_bidi_characters_in_names_are_isolated(valid_report: HostedReport) -> None:
    view = dict(valid_report.report.credential or {})
    view["issuer"] = {**view["issuer"], "name": "Fernhill\u202e\u2069\u2066"}  # type: ignore[dict-item]
    spoofed = replace(valid_report, report=replace(valid_report.report, credential=view))
    line = page_of(of_hosted(spoofed, BASE_URL), BASE_URL).line
    assert line.startswith("Issued by \u2068Fernhill")


def test_no_text_can_cover_the_verdict_with_piled_marks(valid_report: HostedReport) -> None:
    hosted = poisoned(valid_report, "Revoked" + "\u0301" * 300)
    ours = replace(hosted.report, not_checked=(), format="JSON")
    html = page(replace(hosted, report=ours))
    assert "Revoked\u0301" in html
    assert "\u0301" * 5 not in html


def test_valid_until_is_passed_to_the_page(valid_report: HostedReport) -> None:
    facts = page_of(of_hosted(valid_report, BASE_URL), BASE_URL).facts
    assert facts is not None
    assert facts.valid_until == NOW + timedelta(days=700)


def test_home_tells_holders_who_lost_their_email_what_to_do(client: Gateway) -> None:
    page = client.get("/", accept=HTML).text.partition(">For holders</h2>")[2].partition("</section>")[0]
    assert '<a href="http://localhost:8000/sign-in?next=/console%3Ffor%3Dholder">request a link to all of your' in page


def test_home_sends_holders_and_issuers_to_different_pages(client: Gateway) -> None:
    page = client.get("/", accept=HTML).text
    issuers = page.partition(">For issuers</h2>")[2].partition("</section>")[0]
    assert 'href="http://localhost:8000/sign-in"' in issuers
    own = client.get("/sign-in?next=/console%3Ffor%3Dholder", accept=HTML).text
    assert "<h1>Your credentials</h1>" in own
    assert 'name="next" value="/console?for=holder"' in own


def test_home_explains_the_icons_and_the_api_command(client: Gateway) -> None:
    html = client.get("/").text
    assert client.get("/").headers["content-type"] == "text/html; charset=utf-8"
    assert html.count('<svg class="icon"') == 6
    assert f"curl {BASE_URL}/v1/credentials/" in html
    assert html.count("<form") == 1


def test_skills_lead_to_the_people_in_the_directory_who_have_them(client: Gateway, laurel: Laurel) -> None:
    page = client.get(laurel.url("valid"), accept=HTML).text
    assert f'href="{BASE_URL}/directory?skill=Python"' in page
    laurel.issuer_store._issuers["fernhill"] = replace(laurel.issuer_store.issuer("fernhill"), registered_as=None)
    assert "/directory?skill=" not in client.get(laurel.url("valid"), accept=HTML).text


@pytest.mark.parametrize("name", ["-Python", "x" * 501, phrase("Unnamed skill")], ids=["excluding", "long", "unnamed"])
def test_a_skill_that_the_directory_cannot_filter_by_has_no_link(laurel: Laurel, name: str) -> None:
    opened = laurel.hosted_reports.open(id_of("valid"), None)
    facts = facts_of(opened.report, opened.issuer, BASE_URL)
    assert replace(facts, skills=(Link(name, None), Link("SQL", None))).searchable_skills == ("SQL",)
