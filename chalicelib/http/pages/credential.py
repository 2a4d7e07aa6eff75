"""What the page of a credential shows, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential.record import Standing, State
from chalicelib.http.pages import text, words
from chalicelib.lookup.lookup import Opened
from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import Evidence, Finding, Outcome, Report, Verdict

QUESTIONS = {check.number: check.question for check in CHECKS}


@dataclass(frozen=True, slots=True)
class Link:
    """Text that may lead somewhere; ``url`` is None where it may not."""

    text: str
    url: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class IssuerView:
    """Who issued it. ``caution`` is a sentence when we do not know them."""

    name: str
    did: str
    url: str | None
    caution: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a proven credential says."""

    title: str
    kind: str | None
    image: str | None
    image_alt: str
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
    """One numbered check."""

    number: int
    name: str
    question: str
    sentence: str
    word: str
    tone: str
    code: str
    evidence: tuple[Evidence, ...]
    decisive: bool
    """Whether it made the verdict what it is: then it is unfolded from the start."""

    @property
    def passed_alone(self) -> bool:
        """Whether it passed on nothing but the credential."""
        return self.tone == "good" and not self.evidence


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template prints."""

    url: str
    api_url: str
    face: words.Face
    line: str
    reason: str | None
    """The issuer's own words about a withdrawal or a hold."""
    checked_at: datetime
    facts: Facts | None
    rows: tuple[Row, ...]
    not_checked: tuple[str, ...]
    format: str | None
    has_jwt: bool

    @property
    def title(self) -> str:
        """For the tab and for previews: nothing unproven stands in it."""
        return f"{self.face.tab}: {self.facts.title}" if self.facts else self.face.headline


def page_of(opened: Opened, base_url: str) -> Page:
    """The page of ``opened``."""
    record, report = opened.record, opened.report
    facts = _facts(opened, report.credential, base_url) if report.credential is not None else None
    decided = _decided(record.standing, report.verdict)
    return Page(
        url=f"{base_url}/c/{record.id}",
        api_url=f"{base_url}/v1/credentials/{record.id}",
        face=words.FACES[report.verdict],
        line=_line(report, facts, decided),
        reason=decided.reason if decided else None,
        checked_at=report.checked_at,
        facts=facts,
        rows=tuple(_row(finding, words.decisive(report)) for finding in report.findings),
        not_checked=report.not_checked,
        format=report.format,
        has_jwt=record.jwt is not None,
    )


def _decided(standing: Standing, verdict: Verdict) -> Standing | None:
    """The issuer's decision, if it is the one that the verdict speaks of: the signed list decides, not our note."""
    spoken = {Verdict.REVOKED: State.REVOKED, Verdict.SUSPENDED: State.SUSPENDED}.get(verdict)
    return standing if standing.state is spoken else None


def _line(report: Report, facts: Facts | None, decided: Standing | None) -> str:  # noqa: PLR0911 - one a verdict
    """The one line under the headline."""
    on = f" on {text.day(decided.at)}" if decided else ""
    match report.verdict:
        case Verdict.VALID:
            return _signed_by(facts.issuer) if facts else ""
        case Verdict.EXPIRED:
            return _span(facts)
        case Verdict.NOT_YET_VALID:
            start = facts.valid_from if facts else None
            return f"It starts on {text.day(start)}." if start else "Its start is still to come."
        case Verdict.REVOKED:
            return f"Withdrawn{on}. Do not rely on it."
        case Verdict.SUSPENDED:
            return f"On hold{' since' + on.removeprefix(' on') if on else ''}. It may be reinstated; check again first."
        case Verdict.INVALID:
            finding = words.decisive(report)
            return f"{finding.message if finding else ''} Do not rely on it.".strip()
        case Verdict.UNKNOWN:
            finding = words.decisive(report)
            return words.UNSURE[finding.check] if finding else "Not every check was made."


def _signed_by(issuer: IssuerView) -> str:
    name, domain = text.isolated(issuer.name), text.domain(issuer.did)
    # Anybody can sign under any name: only one that a registry knows is stated as a fact.
    by = f"under the name “{name}”" if issuer.caution else f"by {name}"
    key = f"a key that belongs to {domain}" if domain else "a key that no web domain vouches for"
    return f"Issued {by}, signed with {key}."


def _span(facts: Facts | None) -> str:
    if facts is None or facts.valid_until is None:
        return "Its time is over."
    start = f"from {text.day(facts.valid_from)} to" if facts.valid_from else "until"
    return f"It was valid {start} {text.day(facts.valid_until)}."


def _facts(opened: Opened, view: Mapping[str, object], base_url: str) -> Facts:
    achievement, holder = _part(view, "achievement"), _part(view, "holder")
    criteria, image = _part(achievement, "criteria"), _part(achievement, "image")
    title = text.said(achievement.get("name")) or text.said(view.get("name")) or "A credential without a name"
    return Facts(
        title=title,
        kind=text.said(achievement.get("kind")),
        image=_own_image(image.get("url"), base_url),
        image_alt=text.said(image.get("alt")) or f"Badge: {title}",
        holder=text.said(holder.get("name")),
        holder_id=text.said(holder.get("id")),
        issuer=_issuer(opened, _part(view, "issuer")),
        valid_from=text.moment(view.get("valid_from")),
        valid_until=text.moment(view.get("valid_until")),
        description=text.said(achievement.get("description")) or text.said(view.get("description")),
        criteria=text.said(criteria.get("narrative")),
        criteria_url=text.https(criteria.get("url")),
        skills=tuple(map(_skill, _parts(achievement, "skills"))),
        evidence=tuple(map(_evidence, _parts(view, "evidence"))),
    )


def _issuer(opened: Opened, claimed: Mapping[str, object]) -> IssuerView:
    did = text.said(claimed.get("id")) or ""
    finding = next((item for item in opened.report.findings if item.check == "issuer"), None)
    known = opened.issuer
    if finding is not None and finding.outcome is Outcome.PASSED and known is not None and known.did == did:
        return IssuerView(known.name, did, text.https(known.url), None)
    name = text.said(claimed.get("name")) or "an issuer that gives no name"
    caution = finding.message if finding is not None and finding.outcome is not Outcome.PASSED else None
    return IssuerView(name, did, text.https(claimed.get("url")), caution)


def _own_image(url: object, base_url: str) -> str | None:
    # A picture from elsewhere would tell a third party who is looking at whom.
    return url if isinstance(url, str) and url.startswith(f"{base_url}/images/") else None


def _skill(skill: Mapping[str, object]) -> Link:
    name = text.said(skill.get("name")) or text.said(skill.get("code")) or "A skill without a name"
    notes = filter(None, (text.said(skill.get("framework")), text.said(skill.get("code"))))
    return Link(name, text.https(skill.get("url")), ", ".join(notes) or None)


def _evidence(item: Mapping[str, object]) -> Link:
    url = text.said(item.get("url"))
    return Link(text.said(item.get("name")) or url or "Evidence", text.https(url), text.said(item.get("narrative")))


def _row(finding: Finding, decisive: Finding | None) -> Row:
    word, tone = words.NOT_LOOKED_AT if finding.code in words.LEFT_OUT else words.OUTCOMES[finding.outcome]
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
