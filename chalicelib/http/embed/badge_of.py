"""The badge view of a hosted credential.

It is taken from the page of the credential, so a widget cannot say anything other than what the page says.
"""

from __future__ import annotations

from chalicelib.embed.badge_view import BadgeView, Claims, one_line
from chalicelib.http.public.credential.credential_facts import Facts
from chalicelib.http.public.credential.credential_page import Page, page_of
from chalicelib.http.public.credential.credential_view import of_hosted
from chalicelib.language.phrase import Phrase
from chalicelib.reports.hosted import HostedReport


def badge_of(opened: HostedReport, base_url: str) -> BadgeView:
    """Build the view of ``opened``."""
    return of_page(page_of(of_hosted(opened, base_url), base_url), opened, base_url)


def of_page(page: Page, opened: HostedReport, base_url: str) -> BadgeView:
    """Build the view of ``opened``, whose page is ``page``."""
    return BadgeView(
        id=opened.record.id,
        url=page.canonical_url or "",
        verdict=opened.report.verdict.value,
        label=page.verdict.tab,
        headline=page.verdict.headline,
        tone=page.verdict.tone,
        shape=page.verdict.shape,
        checked_at=page.checked_at,
        claims=_claims(page.facts, base_url) if page.facts else None,
    )


def _claims(facts: Facts, base_url: str) -> Claims:
    # Only an image of this host: one in the credential itself would make a widget as large as the credential.
    own = facts.image is not None and facts.image.startswith(f"{base_url}/images/")
    return Claims(
        title=_line(facts.title),
        holder=one_line(facts.holder) or None if facts.holder else None,
        issuer=_line(facts.issuer.name),
        issuer_confirmed=facts.issuer.vouched,
        image=facts.image if own else None,
    )


def _line(text: str) -> str:
    return text if isinstance(text, Phrase) else one_line(text)
