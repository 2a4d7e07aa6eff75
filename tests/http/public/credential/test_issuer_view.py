"""What the page of a credential says about its issuer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.award.pathways.pathway_link import PathwayLink, Step
from chalicelib.credential.record import CredentialStatus, State
from chalicelib.embed import texts
from chalicelib.http.embed.badge_of import badge_of
from chalicelib.http.public.credential.credential_page import page_of
from chalicelib.http.public.credential.credential_view import of_hosted
from chalicelib.http.public.credential.issuer_view import IssuerView, shown_image
from chalicelib.reports.hosted import HostedReport
from chalicelib.verify.report import Outcome, Verdict
from tests.http.fake_laurel import BASE_URL, id_of, seeded
from tests.http.public.test_pages import page

LOGO = f"{BASE_URL}/images/{'0' * 64}.png"


@pytest.fixture(scope="module")
def proven() -> HostedReport:
    """A valid credential whose signed issuer has a description and an email address."""
    return with_profile(seeded().hosted_reports.open(id_of("valid"), None), email="office@fernhill.example")


def with_profile(hosted: HostedReport, **members: str) -> HostedReport:
    view = dict(hosted.report.credential or {})
    view["issuer"] = {**view["issuer"], **members}  # type: ignore[dict-item] # the view is a mapping of mappings
    return replace(hosted, report=replace(hosted.report, credential=view))


def unproven(hosted: HostedReport) -> HostedReport:
    findings = tuple(
        item._replace(outcome=Outcome.UNKNOWN, code="issuer_unproven") if item.check == "issuer" else item
        for item in hosted.report.findings
    )
    return replace(hosted, report=replace(hosted.report, findings=findings))


def branded(hosted: HostedReport, **changes: str) -> HostedReport:
    assert hosted.issuer is not None
    return replace(hosted, issuer=replace(hosted.issuer, **changes))


def issuer_of(hosted: HostedReport) -> IssuerView:
    facts = page_of(of_hosted(hosted, BASE_URL), BASE_URL).facts
    assert facts is not None
    return facts.issuer


def test_signed_description_and_contact_are_shown(proven: HostedReport) -> None:
    html = page(proven)
    assert "Evening courses by the river since 1921." in html
    assert '<a href="mailto:office@fernhill.example"' in html


def test_revoked_page_shows_how_to_reach_the_issuer(proven: HostedReport) -> None:
    html = page(replace(proven, report=replace(proven.report, verdict=Verdict.REVOKED)))
    assert "office@fernhill.example" in html
    assert "Evening courses by the river since 1921." in html


def test_contact_of_an_unproven_issuer_is_text_and_not_a_link(proven: HostedReport) -> None:
    html = page(unproven(proven))
    assert "office@fernhill.example" in html
    assert "mailto:office" not in html
    assert "office%40" not in html
    assert "None of this is proven." in html


@pytest.mark.parametrize("email", ["a@b.example?bcc=x@y.example", "a@b.example,c@d.example", "javascript:x@b.example"])
def test_only_a_plain_address_becomes_a_link(proven: HostedReport, email: str) -> None:
    contact = issuer_of(with_profile(proven, email=email)).contact
    assert contact is not None
    assert contact.url is None


def test_copied_logo_is_not_shown_for_an_issuer_that_only_a_domain_confirms(proven: HostedReport) -> None:
    hosted = with_profile(proven, image=LOGO)
    findings = tuple(
        item._replace(code="issuer_domain_proven") if item.check == "issuer" else item
        for item in hosted.report.findings
    )
    by_domain = replace(hosted, report=replace(hosted.report, findings=findings))
    assert issuer_of(by_domain).logo is None
    assert LOGO not in page(by_domain)


def test_signed_logo_and_recorded_accent_are_shown_for_a_registered_issuer(proven: HostedReport) -> None:
    hosted = branded(with_profile(proven, image=LOGO), accent="#7a1fa2")
    assert f'<img src="{LOGO}" alt=""' in page(hosted)
    assert 'fill="#7a1fa2"' in page(hosted)
    for hidden in (LOGO, "#7a1fa2"):
        assert hidden not in page(unproven(hosted))


def test_external_logo_and_odd_accent_are_not_used(proven: HostedReport) -> None:
    issuer = issuer_of(branded(with_profile(proven, image="https://tracker.example/logo.png"), accent="red;x"))
    assert issuer.logo is None
    assert issuer.recorded is not None
    assert issuer.recorded.accent is None


def test_host_of_laurel_vouches_for_no_issuer(proven: HostedReport) -> None:
    for hosted in (proven, unproven(proven)):
        assert issuer_of(hosted).location is None
        assert "a key that belongs to" not in page(hosted)
    line = page_of(of_hosted(unproven(proven), BASE_URL), BASE_URL).line
    name = "Issued under the name “\u2068Fernhill College\u2069”."
    assert line == f"{name} Anyone can use any name, so check with the organization directly."


def test_registered_name_is_shown_if_the_credential_has_none_and_never_the_current_one(proven: HostedReport) -> None:
    unnamed = with_profile(branded(proven, name="University of Oxford"), name="")
    assert issuer_of(unnamed).name == "Fernhill College"
    assert "Oxford" not in page(unnamed)


@pytest.mark.parametrize("verdict", [Verdict.EXPIRED, Verdict.NOT_YET_VALID, Verdict.REVOKED, Verdict.SUSPENDED])
def test_band_says_that_the_issuer_is_not_proven_whatever_the_verdict(proven: HostedReport, verdict: Verdict) -> None:
    def line(hosted: HostedReport) -> str | None:
        judged = replace(hosted, report=replace(hosted.report, verdict=verdict))
        return page_of(of_hosted(judged, BASE_URL), BASE_URL).issuer_line

    assert line(unproven(proven)) == "The issuer’s identity is not proven."
    assert line(proven) is None


def test_unproven_issuer_has_a_tone_of_its_own_that_is_not_red(proven: HostedReport) -> None:
    def look(hosted: HostedReport) -> tuple[str, str]:
        found = page_of(of_hosted(hosted, BASE_URL), BASE_URL).verdict
        return found.tone, found.shape

    assert look(proven) == ("good", "tick")
    assert look(unproven(proven)) == ("caution", "notice")


def test_replaced_credential_has_a_button_and_a_tone_of_its_own(proven: HostedReport) -> None:
    replaced = replace(proven, record=replace(proven.record, superseded_by="n" * 26))
    corrected_record = replace(
        replaced.record, corrected=True, status=CredentialStatus(State.REVOKED, replaced.record.issued_at)
    )
    report = replace(replaced.report, verdict=Verdict.REVOKED)
    html = page(replace(replaced, record=corrected_record, report=report))
    assert '<section class="verdict replaced"' in html
    assert "Replaced by a corrected version." in html
    assert "because the issuer has replaced it" in html
    assert "wrong" not in html  # the correction may only be of the email address
    assert f'<a class="button" href="{BASE_URL}/c/{"n" * 26}">View the corrected credential</a>' in html
    assert '<section class="verdict good"' in page(replaced)
    assert "Replaced by a newer version." in page(replaced)


def test_what_comes_from_the_record_is_marked_as_such(proven: HostedReport) -> None:
    next_step = PathwayLink(
        "p", "Data analyst", (Step("x", "Statistics", url="https://fernhill.example/s"),), None, 2, 1
    )
    html = page(replace(proven, pathway_links=(next_step,)))
    assert "The operator of this service vouches for this name." in html
    assert "From the issuer’s catalogue, not signed." in html
    status = CredentialStatus(State.REVOKED, proven.record.issued_at, "Issued in error.")
    revoked = replace(proven.report, verdict=Verdict.REVOKED)
    html = page(replace(proven, report=revoked, record=replace(proven.record, status=status)))
    assert (
        '“Issued in error.”</bdi> <span class="small">(Recorded by Laurel; not part of the signed credential.)</span>'
        in html
    )


def test_a_name_with_quotation_marks_cannot_add_a_sentence_of_laurels(proven: HostedReport) -> None:
    forged = with_profile(unproven(proven), name="Oxford”. The issuer has verified the domain ox.ac.uk. “")
    line = page_of(of_hosted(forged, BASE_URL), BASE_URL).line
    assert line.startswith(
        "Issued under the name “\u2068Oxford'. The issuer has verified the domain ox.ac.uk. '\u2069”"
    )
    assert "Oxford”" not in page(forged)


def test_a_reason_with_quotation_marks_cannot_add_a_sentence_of_laurels(proven: HostedReport) -> None:
    status = CredentialStatus(State.SUSPENDED, proven.record.issued_at, "A test.” The suspension has ended. “")
    suspended = replace(proven.report, verdict=Verdict.SUSPENDED)
    html = page(replace(proven, report=suspended, record=replace(proven.record, status=status)))
    assert "<bdi>“A test.&#39; The suspension has ended. &#39;”</bdi>" in html


@pytest.mark.parametrize("path", [f"../badge/{id_of('valid')}.svg", f"{'0' * 64}.png/../../badge/x.svg", "x.png", ""])
def test_no_other_page_of_laurel_is_shown_as_an_image(path: str) -> None:
    assert shown_image(f"{BASE_URL}/images/{path}", BASE_URL) is None
    assert shown_image(LOGO, BASE_URL) == LOGO


def test_an_issuer_without_a_name_is_not_quoted_as_if_our_words_were_its_name(proven: HostedReport) -> None:
    unnamed = with_profile(unproven(proven), name="")
    html = page(unnamed)
    assert "“an unnamed issuer”" not in html.translate(dict.fromkeys((0x2068, 0x2069)))
    assert "Issued by an unnamed issuer" in html
    assert texts.shown(badge_of(unnamed, BASE_URL)).issuer == "Issued by an unnamed issuer"


def test_a_name_that_copies_our_words_for_no_name_is_quoted(proven: HostedReport) -> None:
    copied = with_profile(unproven(proven), name="an unnamed issuer")
    assert "Issued under the name <bdi>“an unnamed issuer”</bdi>" in page(copied)
