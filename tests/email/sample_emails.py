"""A sample email of each kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.pathways.pathway import PathwayLink, Step
from chalicelib.delivery.emails import account, compose, erasing, reported, summary
from chalicelib.delivery.emails.compose import EmailContext, Links
from chalicelib.delivery.emails.email_content import EmailContent, Kind
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


def sample_email(kind: Kind, base_url: str = "https://laurel.example", **changes: object) -> EmailContent:  # noqa: PLR0911 - a case for each kind
    """The sample email of ``kind``."""
    match kind:
        case Kind.SIGN_IN:
            return account.sign_in(EMAIL, f"{base_url}/sign-in/{'s' * 52}", 15)
        case Kind.HOLDER_LINK:
            return account.holder_link(EMAIL, f"{base_url}/{MY}", wide=True, ends_earlier=False)
        case Kind.ERASURE:
            link = f"{base_url}/mail/erasure/{'e' * 65}"
            return erasing.notice(EMAIL, link, ISSUED_AT, None, ISSUED_AT, "en", by_holder=True)
        case Kind.INVITATION:
            return account.invitation(
                EMAIL, sample_context(base_url).issuer, "editor", f"{base_url}/sign-in", ISSUED_AT
            )
        case Kind.REPORTED:
            page, reports = f"{base_url}/c/{'c' * 26}", f"{base_url}/console/fernhill/reports"
            return reported.to_issuer(EMAIL, sample_context(base_url).issuer, page, reports)
        case Kind.SUMMARY:
            said = ("12 credentials were issued, 2 more than in October (10).", "41 % were shared at least once.")
            issuer, month = sample_context(base_url).issuer, date(2026, 11, 1)
            return summary.monthly(EMAIL, issuer, month, said, base_url, f"{base_url}/{STOP}", ISSUED_AT)
        case _:
            return compose.about_credential(
                kind, sample_context(base_url, **changes), Links(f"{base_url}/{MY}", f"{base_url}/{STOP}")
            )
