"""Page of a credential: the sentences and links that a visitor reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.pathways.pathway import PathwayLink
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import CredentialStatus, State
from chalicelib.http.core.response import Reply
from chalicelib.http.html import render, text
from chalicelib.http.public import verdict_text
from chalicelib.http.public.credential_view import CredentialView
from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import Evidence, Finding, Outcome, Report, Verdict

QUESTIONS = {check.number: check.question for check in CHECKS}


@dataclass(frozen=True, slots=True)
class Link:
    """Text with an optional link; ``url`` is None if it is not safe to link."""

    text: str
    url: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NextPathway:
    """A pathway that includes the badge as a step: its name, the next steps, and the final credential."""

    name: str
    next: tuple[Link, ...]
    reward: str | None


@dataclass(frozen=True, slots=True)
class IssuerView:
    """The issuer. ``caution`` is a warning if the issuer is not known; ``domain`` is proven by its key.

    ``behind`` says which domain is behind a name that no registry confirms.
    """

    name: str
    did: str
    url: str | None
    domain: str | None
    caution: str | None
    behind: str | None = None

    @property
    def vouched(self) -> bool:
        """Whether the name is confirmed, and not only claimed by the issuer."""
        return self.caution is None and self.behind is None


@dataclass(frozen=True, slots=True)
class Facts:
    """Contents of a verified credential."""

    title: str
    kind: str | None
    image: str | None
    image_alt: str
    image_elsewhere: Link | None
    """An image that is not loaded, because its host would learn who views which credential."""
    holder: str | None
    holder_id: str | None
    issuer: IssuerView
    valid_from: datetime | None
    valid_until: datetime | None
    description: str | None
    criteria: str | None
    criteria_url: str | None
    skills: tuple[Link, ...]
    evidence: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A numbered check."""

    number: int
    name: str
    question: str
    sentence: str
    word: str
    tone: str
    code: str
    evidence: tuple[Evidence, ...]
    decisive: bool
    """Whether it decided the verdict; if so, it is expanded initially."""

    @property
    def passed_alone(self) -> bool:
        """Whether it passed on the contents of the credential alone."""
        return self.tone == "good" and not self.evidence


@dataclass(frozen=True, slots=True)
class Page:
    """Template context of the page."""

    url: str | None
    """URL of a hosted credential; None for a submitted one, as are the next two."""
    api_url: str | None
    source: str | None
    """The link that a submitted credential was fetched from, if any."""
    verdict: verdict_text.VerdictText
    line: str
    reason: str | None
    """The issuer's reason for a revocation or suspension."""
    replaced_by: str | None
    """URL of the credential that replaces this one."""
    checked_at: datetime
    facts: Facts | None
    rows: tuple[Row, ...]
    not_checked: tuple[str, ...]
    format: str | None
    has_jwt: bool
    next_pathways: tuple[NextPathway, ...]
    """Pathways that include the badge; empty for a submitted credential."""

    @property
    def title(self) -> str:
        """Title of the tab and of link previews; it contains nothing unverified."""
        return f"{self.verdict.tab}: {self.facts.title}" if self.facts else self.verdict.headline


def show(view: CredentialView, base_url: str, headers: Mapping[str, str]) -> Reply:
    """Render the page of a credential."""
    return render.page("credential.html", base_url, 200, headers, page=page_of(view, base_url))


def page_of(view: CredentialView, base_url: str) -> Page:
    """Build the page of a credential."""
    report, hosted = view.report, view.hosted
    decided = _decided(hosted.status, report.verdict) if hosted else None
    corrected = decided is not None and hosted is not None and hosted.corrected
    facts = _facts(report, hosted.issuer if hosted else None, base_url) if report.credential is not None else None
    return Page(
        url=hosted.url if hosted else None,
        api_url=hosted.api_url if hosted else None,
        source=view.source,
        verdict=verdict_text.CORRECTED if corrected else verdict_text.verdict_text(report),
        line=_corrected_on(decided) if decided and corrected else _line(report, facts, decided),
        reason=decided.reason if decided else None,
        replaced_by=hosted.replaced_by.url if hosted and hosted.replaced_by else None,
        checked_at=report.checked_at,
        facts=facts,
        rows=tuple(_row(finding, verdict_text.decisive(report)) for finding in report.findings),
        not_checked=report.not_checked,
        format=report.format,
        has_jwt=hosted is not None and hosted.has_jwt,
        next_pathways=tuple(map(_next_pathway, hosted.next_pathways)) if hosted else (),
    )


def _decided(status: CredentialStatus, verdict: Verdict) -> CredentialStatus | None:
    """Return the issuer's decision if it matches the verdict: the signed status list decides, not our record."""
    expected_state = {Verdict.REVOKED: State.REVOKED, Verdict.SUSPENDED: State.SUSPENDED}.get(verdict)
    return status if status.state is expected_state else None


def _corrected_on(decided: CredentialStatus) -> str:
    return f"The issuer corrected this credential on {text.day(decided.at)}. Use the corrected version instead."


def _line(report: Report, facts: Facts | None, decided: CredentialStatus | None) -> str:  # noqa: PLR0911 - one a verdict
    """Return the line under the headline."""
    on = f" on {text.day(decided.at)}" if decided else ""
    match report.verdict:
        case Verdict.VALID:
            return _signed_by(facts.issuer) if facts else ""
        case Verdict.EXPIRED:
            return _span(facts)
        case Verdict.NOT_YET_VALID:
            start = facts.valid_from if facts else None
            return f"It is valid from {text.day(start)}." if start else "Its start date is in the future."
        case Verdict.REVOKED:
            return f"Revoked{on}, meaning the issuer has taken it back. Do not rely on it."
        case Verdict.SUSPENDED:
            since = f" since{on.removeprefix(' on')}" if on else ""
            return f"Suspended{since}. The issuer may reinstate it, so check again before you decide."
        case Verdict.INVALID:
            finding = verdict_text.decisive(report)
            return f"{finding.message if finding else ''} Do not rely on it.".strip()
        case Verdict.UNKNOWN:
            finding = verdict_text.decisive(report)
            return verdict_text.UNSURE[finding.check] if finding else "Some checks could not be completed."


def _signed_by(issuer: IssuerView) -> str:
    name, domain = text.isolated(issuer.name), issuer.domain
    # Anyone can sign under any name, so only a name in a registry is stated as a fact.
    by = f"by {name}" if issuer.vouched else f"under the name “{name}”"
    if issuer.behind:
        return f"Issued {by}. {issuer.behind}"
    if domain is not None:
        return f"Issued {by}, signed with a key that belongs to {domain}."
    doubt = ", so we do not know who controls it" if issuer.caution else ""
    return f"Issued {by}, signed with a key that is not linked to a web domain{doubt}."


def _span(facts: Facts | None) -> str:
    if facts is None or facts.valid_until is None:
        return "Its validity period has ended."
    start = f"from {text.day(facts.valid_from)} to" if facts.valid_from else "until"
    return f"It was valid {start} {text.day(facts.valid_until)}."


def _facts(report: Report, registered: Issuer | None, base_url: str) -> Facts:
    view = report.credential or {}
    achievement, holder = _part(view, "achievement"), _part(view, "holder")
    criteria, image = _part(achievement, "criteria"), _part(achievement, "image")
    title = text.optional_text(achievement.get("name")) or text.optional_text(view.get("name")) or "Untitled credential"
    return Facts(
        title=title,
        kind=text.optional_text(achievement.get("kind")),
        image=_shown_image(image.get("url"), base_url),
        image_alt=text.optional_text(image.get("alt")) or f"Badge: {title}",
        image_elsewhere=_image_elsewhere(image.get("url"), base_url),
        holder=text.optional_text(holder.get("name")),
        holder_id=text.optional_text(holder.get("id")),
        issuer=_issuer(report, registered, _part(view, "issuer")),
        valid_from=text.moment(view.get("valid_from")),
        valid_until=text.moment(view.get("valid_until")),
        description=text.optional_text(achievement.get("description")) or text.optional_text(view.get("description")),
        criteria=text.optional_text(criteria.get("narrative")),
        criteria_url=text.https(criteria.get("url")),
        skills=tuple(map(_skill, _parts(achievement, "skills"))),
        evidence=tuple(map(_evidence, _parts(view, "evidence"))),
    )


def _issuer(report: Report, registered: Issuer | None, claimed: Mapping[str, object]) -> IssuerView:
    did = text.optional_text(claimed.get("id")) or ""
    domain = text.domain(did)
    finding = next((item for item in report.findings if item.check == "issuer"), None)
    passed = finding is not None and finding.outcome is Outcome.PASSED
    name = text.optional_text(claimed.get("name")) or "an unnamed issuer"
    if finding is not None and finding.code == "issuer_domain_proven":
        # No link either: a domain confirms a key, not the URL that the issuer claims.
        return IssuerView(name, did, None, domain, None, finding.message)
    if passed and registered is not None and registered.did == did:
        return IssuerView(registered.name, did, text.https(registered.url), domain, None)
    if passed:  # then the name in the credential is the registered one
        return IssuerView(name, did, text.https(claimed.get("url")), domain, None)
    # No link: a forger would link to the organization it imitates, or to a site of its own that confirms the forgery.
    return IssuerView(name, did, None, domain, _caution(finding, domain))


def _caution(finding: Finding | None, domain: str | None) -> str:
    message = finding.message if finding else "Laurel did not check whether the issuer is known."
    if domain is None:
        return f"{message} Anyone can use any name, so contact the issuer using details that you look up yourself."
    return (
        f"{message} It is only proven that the key belongs to {text.isolated(domain)}. "
        "Make sure that this is the organisation you expect."
    )


def _shown_image(url: object, base_url: str) -> str | None:
    # Only our images or embedded ones: any other host would learn who views which credential.
    own = isinstance(url, str) and url.startswith(f"{base_url}/images/")
    return url if isinstance(url, str) and (own or text.picture(url)) else None


def _image_elsewhere(url: object, base_url: str) -> Link | None:
    return None if not url or _shown_image(url, base_url) else Link("Image on the issuer’s site", text.https(url))


def _skill(skill: Mapping[str, object]) -> Link:
    name = text.optional_text(skill.get("name")) or text.optional_text(skill.get("code")) or "Unnamed skill"
    notes = filter(None, (text.optional_text(skill.get("framework")), text.optional_text(skill.get("code"))))
    return Link(name, text.https(skill.get("url")), ", ".join(notes) or None)


def _evidence(item: Mapping[str, object]) -> Link:
    url = text.optional_text(item.get("url"))
    return Link(
        text.optional_text(item.get("name")) or url or "Evidence",
        text.https(url),
        text.optional_text(item.get("narrative")),
    )


def _next_pathway(link: PathwayLink) -> NextPathway:
    steps = tuple(Link(text.optional_text(step.name) or "Untitled step", text.https(step.url)) for step in link.next)
    return NextPathway(text.optional_text(link.pathway) or "Untitled pathway", steps, text.optional_text(link.reward))


def _row(finding: Finding, decisive: Finding | None) -> Row:
    word, tone = (
        verdict_text.NOT_LOOKED_AT if finding.code in verdict_text.LEFT_OUT else verdict_text.OUTCOMES[finding.outcome]
    )
    return Row(
        number=finding.number,
        name=finding.check.capitalize(),
        question=QUESTIONS[finding.number],
        sentence=finding.message,
        word=word,
        tone=tone,
        code=finding.code,
        evidence=finding.evidence,
        decisive=finding is decisive,
    )


def _part(view: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = view.get(name)
    return part if isinstance(part, Mapping) else {}


def _parts(view: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    items = view.get(name)
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list | tuple) else []
