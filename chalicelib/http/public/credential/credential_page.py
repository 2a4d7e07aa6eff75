"""Page of a credential: the sentences and links that a visitor reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.credential import did
from chalicelib.credential.build import credential_url
from chalicelib.credential.quotation import limit_combining_marks
from chalicelib.credential.record import CredentialStatus, State
from chalicelib.embed.artefacts import typesetting
from chalicelib.embed.discovery import discovery_links
from chalicelib.embed.wallets.wallet import Wallet, wallet_links
from chalicelib.http.core.response import Reply
from chalicelib.http.html import render, text
from chalicelib.http.public.credential import presentation_text, verdict_line, verdict_text, view_count_rows
from chalicelib.http.public.credential.check_list import NOT_REACHED, CheckList, check_list
from chalicelib.http.public.credential.credential_facts import Facts, Link, facts_of, part
from chalicelib.http.public.credential.credential_links import (
    OnwardLinks,
    ShareLinks,
    onward_links,
    share_links,
    structured_data,
)
from chalicelib.http.public.credential.credential_view import CredentialView, HostedView
from chalicelib.http.public.credential.recipient_form import NO_RECIPIENT, RecipientForm
from chalicelib.language.phrase import phrase, with_values
from chalicelib.verify.report import Outcome, Report, Verdict


@dataclass(frozen=True, slots=True)
class NextPathway:
    """A pathway that includes the badge as a step: its name, the next steps, and the final credential."""

    name: str
    next: tuple[Link, ...]
    reward: str | None
    steps: int
    place: int | None
    """The place of the badge among the steps; None if they need not be done in order."""


@dataclass(frozen=True, slots=True)
class Inner:
    """A credential inside a presentation or another credential."""

    kind: str
    """`credential` or `endorsement`."""
    page: Page


@dataclass(frozen=True, slots=True)
class Page:
    """Template context of the page."""

    url: str | None
    """URL of a hosted credential; None for a submitted one, as are the next three."""
    canonical_url: str | None
    api_url: str | None
    source: str | None
    """The address that a submitted credential was fetched from, if any."""
    led_by: str | None
    """The web page that led to this address, if one did."""
    own_page: str | None
    """URL of the page of a submitted credential that is hosted here, unless it is valid: the page also shows what the
    record knows, such as a corrected version."""
    verdict: verdict_text.VerdictText
    line: str
    issuer_line: str | None
    """Says that the issuer is not proven, where the headline does not."""
    reason: str | None
    """The issuer's reason for a revocation or suspension, from Laurel's record: it is not signed."""
    replaced_by: str | None
    """URL of the newest version of this one."""
    replaced_again: bool
    """Whether the credential that replaced this one has been replaced in turn."""
    revoked: bool
    corrected: bool
    """Whether this one was revoked when it was replaced; a renewed credential stays valid."""
    checked_at: datetime
    facts: Facts | None
    checks: CheckList
    advice: tuple[str, ...]
    """Advice before a decision."""
    not_checked: tuple[str, ...]
    recipient: RecipientForm
    ask_url: str | None
    """The target of the form for an address, None if it cannot be compared."""
    receipt_url: str | None
    """The target of the form for a receipt, None if the credential cannot be sent again."""
    about_recipient: bool
    """Whether the verdict is about the address: the page then offers to check the credential without it."""
    format: str | None
    has_jwt: bool
    certificate: bool
    """Whether there is a certificate: only for a credential that is valid now, and if there are fonts for it."""
    next_pathways: tuple[NextPathway, ...]
    """Pathways that include the badge, from Laurel's record: not signed. Empty for a submitted credential, and for an
    issuer that is not proven, to which no visitor should be led."""
    onward: OnwardLinks | None
    """From Laurel's record as well."""
    share: ShareLinks | None
    structured: Mapping[str, object] | None
    """Structured data for search engines, from verified text alone."""
    view_counts: tuple[view_count_rows.ViewCountRow, ...] = ()
    """Empty unless the holder shows them and the credential is valid: a number beside a warning would make it look
    trusted."""
    contained: tuple[Inner, ...] = ()
    """The credentials inside a presentation or a credential."""

    @property
    def title(self) -> str:
        """Title of the tab and of link previews; it contains nothing unverified."""
        title = {"verdict": phrase(self.verdict.tab), "title": self.facts.title} if self.facts else {}
        return phrase("{verdict}: {title}", **title) if title else self.verdict.headline


def show(
    view: CredentialView,
    base_url: str,
    headers: Mapping[str, str],
    recipient: RecipientForm = NO_RECIPIENT,
    wallets: Sequence[Wallet] = (),
) -> Reply:
    """Render the page of a credential; ``recipient`` is what a visitor entered in its form. ``wallets`` are those that
    passes are made for."""
    shown, status = page_of(view, base_url, recipient), 422 if recipient.error else 200
    content = _content(view, shown, base_url, wallets)
    discovery = content["discovery"]
    links = [f'<{url}>; rel="alternate"; type="{media_type}"' for media_type, url in discovery.items()]
    headers = {**headers, "Link": ", ".join(links)} if links else headers
    forms = shown.ask_url is not None or shown.receipt_url is not None
    if shown.share is None:
        return render.page("credential.html", base_url, status, headers, forms=forms, **content)
    return render.scripted_page(
        "credential.html", base_url, "share.js", headers, status=status, forms=forms, loads=False, **content
    )


def without_script(view: CredentialView, base_url: str, wallets: Sequence[Wallet] = ()) -> str:
    """Render the same page for a preview, which runs no scripts."""
    content = _content(view, page_of(view, base_url), base_url, wallets)
    return str(render.page("credential.html", base_url, 200, {}, script="", **content).body)


def _content(view: CredentialView, shown: Page, base_url: str, wallets: Sequence[Wallet]) -> dict[str, Any]:
    valid = view.report.verdict is Verdict.VALID and verdict_text.issuer_proven(view.report)
    return {
        "page": shown,
        "discovery": discovery_links(shown.url, base_url) if shown.url else {},
        "passes": wallet_links(shown.url, wallets) if shown.url and valid else (),
    }


def page_of(view: CredentialView, base_url: str, recipient: RecipientForm = NO_RECIPIENT) -> Page:
    """Build the page of a credential."""
    report, hosted = _about_the_credential(view.report), view.hosted
    recorded = view.recorded
    newest = (hosted.newest if hosted else None) or (recorded.replaced_by if recorded else None)
    decided = _decided(recorded.status, report.verdict) if recorded else None
    corrected = decided is not None and recorded is not None and recorded.corrected
    verdict = verdict_text.CORRECTED if corrected else verdict_text.verdict_text(report)
    if report.is_presentation:
        verdict = presentation_text.text_of(report)
    facts = facts_of(report, hosted.issuer if hosted else None, base_url) if report.credential is not None else None
    proven = verdict_text.issuer_proven(report)
    return Page(
        url=hosted.url if hosted else None,
        canonical_url=hosted.canonical_url if hosted else None,
        api_url=hosted.api_url if hosted else None,
        source=view.source,
        led_by=view.led_by,
        own_page=None if hosted or newest or report.verdict is Verdict.VALID else _own_page(report, base_url),
        verdict=verdict,
        line=with_values(presentation_text.line_of(report), limit_combining_marks)
        if report.is_presentation
        else verdict_line.corrected_on(decided)
        if decided and corrected
        else with_values(verdict_line.line(report, facts, decided), limit_combining_marks),
        issuer_line=verdict_line.issuer_line(report, facts),
        reason=text.optional_text(decided.reason) if decided else None,
        replaced_by=newest.url if newest else None,
        replaced_again=hosted is not None and hosted.newest is not None,
        revoked=report.verdict is Verdict.REVOKED,
        corrected=corrected,
        checked_at=report.checked_at,
        facts=facts,
        checks=check_list(report, corrected=corrected),
        advice=_advice(verdict, facts, _recorded_issuer(report, hosted)),
        not_checked=report.not_checked,
        recipient=replace(recipient, answer=_answer(report)),
        ask_url=_ask_url(hosted, facts, recipient, base_url),
        receipt_url=_receipt_url(hosted, facts, recipient, base_url),
        about_recipient=verdict_text.about_recipient(report),
        format=report.format,
        has_jwt=hosted is not None and hosted.has_jwt,
        certificate=_has_certificate(report, facts),
        next_pathways=tuple(map(_next_pathway, hosted.next_pathways)) if hosted and proven else (),
        onward=onward_links(hosted, facts, base_url) if hosted and facts and proven else None,
        share=share_links(hosted, recorded, facts)
        if hosted and recorded and facts and report.verdict is Verdict.VALID
        else None,
        structured=structured_data(hosted.canonical_url, facts)
        if hosted and facts and report.verdict is Verdict.VALID
        else None,
        view_counts=view_count_rows.rows(hosted.view_counts)
        if hosted and hosted.view_counts and report.verdict is Verdict.VALID
        else (),
        contained=tuple(Inner(kind, page_of(CredentialView(inner), base_url)) for kind, inner in report.contained),
    )


def _has_certificate(report: Report, facts: Facts | None) -> bool:
    return (
        report.verdict is Verdict.VALID
        and facts is not None
        and typesetting.can_be_drawn(facts.title, facts.holder, facts.issuer.name)
    )


def _about_the_credential(report: Report) -> Report:
    """``report`` with its own verdict, if that is not valid: it matters more than whom the credential was issued to,
    which the page says as well. A wrong address must not hide that a credential is revoked."""
    own = report.verdict_on_credential
    requested = report.recipient_check in (Outcome.FAILED, Outcome.UNKNOWN)
    return replace(report, verdict=own) if requested and own is not Verdict.VALID else report


def _own_page(report: Report, base_url: str) -> str | None:
    """The page of a verified credential of an issuer hosted here, whose key signed the id."""
    view = report.credential or {}
    own_id, issuer_id = view.get("id"), part(view, "issuer").get("id")
    from_here = isinstance(issuer_id, str) and issuer_id.startswith(did.issuer_did(base_url, ""))
    return own_id if from_here and isinstance(own_id, str) and own_id.startswith(credential_url(base_url, "")) else None


def _ask_url(hosted: HostedView | None, facts: Facts | None, recipient: RecipientForm, base_url: str) -> str | None:
    """Return the target of the form for an address; None without verified contents, unless an address was submitted."""
    if facts is None and not recipient.email:
        return None
    if hosted is not None:
        return hosted.url
    return f"{base_url}/" if recipient.submitted is not None else None


def _receipt_url(hosted: HostedView | None, facts: Facts | None, recipient: RecipientForm, base_url: str) -> str | None:
    """Return where a receipt is requested. A submitted credential is sent again with the form for an address, so that
    the page contains it once, and not at all if nothing in it is proven."""
    if hosted is not None:
        return f"{hosted.url}/receipt"
    is_sent_again = _ask_url(None, facts, recipient, base_url) is not None and recipient.line_breaks is not None
    return f"{base_url}/" if is_sent_again else None


def _decided(status: CredentialStatus, verdict: Verdict) -> CredentialStatus | None:
    """Return the issuer's decision if it matches the verdict: the signed status list decides, not our record."""
    expected_state = {Verdict.REVOKED: State.REVOKED, Verdict.SUSPENDED: State.SUSPENDED}.get(verdict)
    return status if status.state is expected_state else None


def _advice(verdict: verdict_text.VerdictText, facts: Facts | None, recorded_issuer: str | None) -> tuple[str, ...]:
    if recorded_issuer is not None:
        # It names whom to ask, so it replaces the general last piece of advice.
        return (*verdict.advice[:-1], recorded_issuer)
    caution = facts.issuer.caution if facts else None
    return (caution, *verdict.advice) if caution else verdict.advice


def _recorded_issuer(report: Report, hosted: HostedView | None) -> str | None:
    """Say whose credential should be here when the contents are not genuine, so that the visitor knows whom to ask."""
    issuer = hosted.issuer if hosted else None
    if issuer is None or report.credential is not None:
        return None
    if issuer.registered_as is not None:
        return phrase(
            "According to Laurel’s records, this link should lead to a credential issued by {issuer}. Contact them "
            "directly, through their own website rather than a link that you were sent.",
            issuer=text.isolated(issuer.registered_as),
        )
    if proven := issuer.proven(report.checked_at):
        return phrase(
            "According to Laurel’s records, this link should lead to a credential issued by the issuer that has "
            "verified the domain {domain}. Contact them directly, through their own website rather than a link that "
            "you were sent.",
            domain=text.isolated(proven[0].domain),
        )
    return None


def _answer(report: Report) -> str | None:
    finding = next((item for item in report.findings if item.check == "recipient"), None)
    requested = finding is not None and finding.outcome is not Outcome.NOT_APPLICABLE
    return finding.message if finding is not None and requested and finding.code != NOT_REACHED else None


def _next_pathway(link: PathwayLink) -> NextPathway:
    steps = tuple(
        Link(text.optional_text(step.name) or phrase("Untitled step"), text.https(step.url)) for step in link.next
    )
    name, reward = text.optional_text(link.pathway) or phrase("Untitled pathway"), text.optional_text(link.reward)
    return NextPathway(name, steps, reward, link.steps, link.place)
