"""A sample email of each kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.pathways.pathway_link import PathwayLink, Step
from chalicelib.delivery.emails import (
    account,
    compose,
    contacting,
    endpoint,
    erasing,
    reported,
    saved_news,
    summary,
    watching,
)
from chalicelib.delivery.emails.credential_email import EmailContext, Links
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.emails.saved_news import Match, Revoked
from tests.contract import samples
from tests.delivery.fake_delivery import EMAIL, ISSUED_AT

MY = f"my/{'m' * 65}"
STOP = f"mail/unsubscribe/{'u' * 65}"


def sample_context(base_url: str = "https://laurel.example", **changes: object) -> EmailContext:
    """The context of sample emails about a credential."""
    image = f"{base_url}/images/{'a' * 64}.png"
    issuer = samples.issuer(name="Fernhill College", image=image, email="office@fernhill.example", page_host=None)
    achievement = samples.achievement(
        name="Data analysis in practice",
        description="Plans, cleans, analyses and presents a data set of public interest.",
        image=image,
        image_alt="A bar chart",
    )
    record = samples.record(issued_at=ISSUED_AT, valid_until=ISSUED_AT.replace(year=2028))
    recipient = Recipient(record.id, issuer.id, "Ada Nwosu", EMAIL, "Europe/Berlin", True)
    step = Step("x", "Statistics for everyday", url="https://fernhill.example/statistics")
    pathway_links = (PathwayLink("p", "Data analyst", (step,), None, 2, 1),)
    reason = "The holder’s name was misspelt."
    one = EmailContext(record, issuer, achievement, recipient, EMAIL, pathway_links, base_url, reason=reason)
    return replace(one, **{"identified": True, **changes})  # type: ignore[arg-type]


def sample_email(kind: Kind, base_url: str = "https://laurel.example", **changes: object) -> EmailContent:
    """The sample email of ``kind``."""
    own = from_laurel(base_url)
    if kind in own:
        return own[kind]
    return compose.about_credential(
        kind, sample_context(base_url, **changes), Links(f"{base_url}/{MY}", f"{base_url}/{STOP}")
    )


def from_laurel(base_url: str) -> dict[Kind, EmailContent]:
    """The sample emails that are not about a credential."""
    issuer = sample_context(base_url).issuer
    page, reports = f"{base_url}/c/{'c' * 26}", f"{base_url}/console/fernhill/reports"
    lines = ("Dear Ada,", "", "We look for an analyst who knows rivers.", "Grace")
    said = ("12 credentials were issued, 2 more than in October (10).", "41% were shared at least once.")
    turn_off = f"{base_url}/mail/contact/{'c' * 52}"
    return {
        Kind.SIGN_IN: account.sign_in(EMAIL, f"{base_url}/sign-in/{'s' * 52}", 15),
        Kind.HOLDER_LINK: account.holder_link(EMAIL, f"{base_url}/{MY}", opens_all_issuers=True, ends_earlier=False),
        Kind.ERASURE: erasing.notice(
            EMAIL, f"{base_url}/mail/erasure/{'e' * 65}", ISSUED_AT, None, ISSUED_AT, "en", by_holder=True
        ),
        Kind.INVITATION: account.invitation(EMAIL, issuer, "editor", f"{base_url}/sign-in", ISSUED_AT),
        Kind.REPORTED: reported.to_issuer(EMAIL, issuer, page, reports),
        Kind.CONTACT_CONFIRMATION: contacting.confirmation(EMAIL, f"{base_url}/contact/{'c' * 52}", 48),
        Kind.SAVED_NEWS: saved_news.news(
            EMAIL,
            (Revoked("Ada Nwosu", page), Revoked("", page)),
            (Match("rivers, Lagos", 1, at_least=False), Match("python", 20, at_least=True)),
            f"{base_url}/directory/saved",
            f"{base_url}/mail/saved/{'s' * 65}",
        ),
        Kind.WATCH_NEWS: watching.news(
            EMAIL, page, "candidate-17", "valid", "revoked", f"{base_url}/developers/a/watches/b"
        ),
        Kind.ENDPOINT_PAUSED: endpoint.paused(EMAIL, issuer, f"{page}/endpoints/one"),
        Kind.SUMMARY: summary.monthly(
            EMAIL, issuer, date(2026, 11, 1), said, base_url, f"{base_url}/{STOP}", ISSUED_AT
        ),
        Kind.CONTACT: contacting.message(EMAIL, "grace@agency.example", "Grace", "River Agency", lines, turn_off),
    }
