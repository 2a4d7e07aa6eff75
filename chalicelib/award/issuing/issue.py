"""Issue credentials: build them, give each a place in the status lists, sign it, store it, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.award.input.text_rules import (
    MAX_URL,
    check_email,
    check_name,
    check_text,
    check_url,
)
from chalicelib.award.input.timezones import check_zone
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import storing
from chalicelib.award.issuing.recipient import Issued
from chalicelib.award.issuing.storing import Draft
from chalicelib.credential import vocabulary
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused, Unavailable

MOST_EVIDENCE = 25
"""Links of one credential. All of them are signed and shown."""
STEP = 40
"""Credentials that `issue_many` signs before it stores them: enough that one read finds free places for all."""

_PUBLIC_ID = re.compile(r"[a-z2-7]{26}", re.ASCII)
_DID = re.compile(r"did:[a-z0-9]+:(?:[\w.:-]|%[0-9A-Fa-f]{2})*(?:[\w.-]|%[0-9A-Fa-f]{2})", re.ASCII)
"""DID Core v1.0, 3.1."""


@dataclass(frozen=True, slots=True)
class Award:
    """One award to one holder. Its validity starts now when ``valid_from`` is None, and ends by the achievement's
    expiry rule when ``valid_until`` is None.

    ``suite`` is `eddsa-rdfc-2022` or `eddsa-jcs-2022`; ``jwt`` asks for the VC-JWT form beside it. ``credential_id`` is
    for a caller that must not issue twice: the same id is stored once. ``zone`` is the holder's IANA time zone, and
    ``notify`` asks for a letter to the holder.
    """

    issuer_id: str
    achievement_id: str
    holder: Holder
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[EvidenceLink, ...] = ()
    suite: str = vocabulary.EDDSA_RDFC_2022
    jwt: bool = False
    credential_id: str | None = None
    zone: str | None = None
    notify: bool = False


def issue(issuer_context: IssuerContext, award: Award) -> Record:
    """The stored record of a new, signed credential; of the one that is there, when ``award.credential_id`` is that of
    a credential that this issuer gave to this holder for this achievement before.

    Raises `NotFound` for the issuer or achievement, `Refused` when `check` refuses it or the size is not acceptable,
    `CanonicalError` when a proof would not cover everything, `Conflict` (`id_taken`) when ``award.credential_id`` is
    another credential's. Whatever is raised, nothing is stored.
    """
    # The clock is read before the issuer: then a key that was retired since is still good for this moment.
    now = issuer_context.now()
    achievement = issuer_context.issuer_store.achievement(award.issuer_id, award.achievement_id)
    try:
        check(award, achievement)
        return storing.place(
            issuer_context, draft(issuer_context, award, achievement, now), lambda new: _add(issuer_context, new)
        )
    except (Refused, Conflict):
        if before := _issued_before(issuer_context, award):
            return before
        raise


def issue_many(issuer_context: IssuerContext, issuer_id: str, awards: Sequence[Award]) -> list[Record | LaurelError]:
    """`issue` for each of ``awards``, several in one transaction: the stored record, or what `issue` raised.

    The issuer and its achievements are read once. Each credential is stored whole or not at all; the same ids again
    are harmless. Raises `NotFound` and `Unavailable` for the issuer: then nothing was done.
    """
    now = issuer_context.now()
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    achievements: dict[str, Achievement | LaurelError] = {}
    outcomes: list[Record | LaurelError] = []
    for start in range(0, len(awards), STEP):
        step = awards[start : start + STEP]
        drafts = [_drafted(issuer_context, issuer_id, award, achievements, now) for award in step]
        issuer = _issue_step(issuer_context, issuer, step, drafts, outcomes)
    return outcomes


def check(award: Award, achievement: Achievement) -> None:
    """Raises `Refused` when ``award`` of ``achievement`` is not acceptable; `issue` refuses the same."""
    if achievement.archived:
        raise Refused("This achievement is archived and can no longer be issued.", code="achievement_archived")
    _check_holder(normal(award.holder))
    if award.zone is not None:
        check_zone(award.zone)
    if award.credential_id is not None and not _PUBLIC_ID.fullmatch(award.credential_id):
        raise Refused(f"{award.credential_id[:80]!r} is not a credential id.", code="bad_credential_id")
    if award.suite not in (vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022):
        raise Refused(f"Laurel does not sign with {award.suite[:80]!r}.", code="bad_suite")
    if award.valid_until is not None and award.valid_from is not None and award.valid_until < award.valid_from:
        raise Refused("The credential would expire before it becomes valid.", code="bad_validity")
    _check_evidence(award.evidence, required=achievement.evidence_required)


def draft(
    issuer_context: IssuerContext, award: Award, achievement: Achievement, now: datetime, supersedes: str | None = None
) -> Draft:
    """What `placing` needs of a checked ``award``. Raises `Refused` when it would end before it starts."""
    valid_from = award.valid_from or now
    valid_until = award.valid_until or ends(achievement, valid_from)
    if valid_until is not None and valid_until < valid_from:
        raise Refused("The credential would expire before it becomes valid.", code="bad_validity")
    return Draft(
        credential_id=award.credential_id or issuer_context.public_id(),
        achievement=achievement,
        holder=normal(award.holder),
        valid_from=valid_from,
        valid_until=valid_until,
        evidence=award.evidence,
        suite=award.suite,
        jwt=award.jwt,
        zone=award.zone,
        notify=award.notify,
        email_salt=issuer_context.entropy(16).hex(),
        now=now,
        supersedes=supersedes,
    )


def ends(achievement: Achievement, valid_from: datetime) -> datetime | None:
    """When a credential that is good from ``valid_from`` ends by the achievement's expiry rule."""
    if achievement.valid_days is None:
        return None
    try:
        return valid_from + timedelta(days=achievement.valid_days)
    except OverflowError as error:
        raise Refused("The credential would expire after the year 9999.", code="bad_validity") from error


def _add(issuer_context: IssuerContext, issued: Issued) -> None:
    issuer_context.issuer_store.add_record(*issued)


def _issued_before(issuer_context: IssuerContext, award: Award) -> Record | None:
    """The credential that stands under the caller's own id, if it is of the same issuer and achievement."""
    if award.credential_id is None:
        return None
    try:
        record = issuer_context.issuer_store.record(award.credential_id)
    except NotFound:
        return None
    there = (record.issuer_id, record.achievement_id, record.holder_name)
    return record if there == (award.issuer_id, award.achievement_id, award.holder.name) else None


def _drafted(
    issuer_context: IssuerContext,
    issuer_id: str,
    award: Award,
    achievements: dict[str, Achievement | LaurelError],
    now: datetime,
) -> Draft | LaurelError:
    try:
        if award.issuer_id != issuer_id:
            raise NotFound("This issuer does not have this achievement.")
        achievement = _read_once(issuer_context, award, achievements)
        check(award, achievement)
        return draft(issuer_context, award, achievement, now)
    except LaurelError as error:
        return error


def _read_once(
    issuer_context: IssuerContext, award: Award, achievements: dict[str, Achievement | LaurelError]
) -> Achievement:
    if award.achievement_id not in achievements:
        try:
            achievements[award.achievement_id] = issuer_context.issuer_store.achievement(
                award.issuer_id, award.achievement_id
            )
        except NotFound as error:
            achievements[award.achievement_id] = error
    found = achievements[award.achievement_id]
    if isinstance(found, LaurelError):
        raise found
    return found


def _issue_step(
    issuer_context: IssuerContext,
    issuer: Issuer,
    awards: Sequence[Award],
    drafts: Sequence[Draft | LaurelError],
    outcomes: list[Record | LaurelError],
) -> Issuer:
    """Issue ``drafts``, the drafts of ``awards``; the issuer as it is afterwards."""
    signed: list[Issued | LaurelError] = []
    try:
        issuer, free = _free_places(issuer_context, issuer, drafts)
        for each in drafts:
            one = each if isinstance(each, LaurelError) else _signed(issuer_context, each, issuer, next(free))
            signed.append(one)
    except Unavailable as unavailable:
        # Storage or the key service does not answer: whoever comes next would only wait for the same.
        rest = drafts[len(signed) :]
        signed += [each if isinstance(each, LaurelError) else unavailable for each in rest]
    stored = iter(issuer_context.issuer_store.add_records([each for each in signed if isinstance(each, Issued)]))
    for award, one in zip(awards, signed, strict=True):
        error = one if isinstance(one, LaurelError) else next(stored)
        if error is None and isinstance(one, Issued):
            outcomes.append(one.record)
        elif error is not None:
            outcomes.append(_settled(issuer_context, award, error))
    return issuer


def _settled(issuer_context: IssuerContext, award: Award, error: LaurelError) -> Record | LaurelError:
    """What comes of an award that met ``error`` among others: the credential, if it is there already or can be issued
    by itself."""
    try:
        if isinstance(error, (Refused, Conflict)) and (before := _issued_before(issuer_context, award)):
            return before
        return issue(issuer_context, award) if error.code == "index_taken" else error
    except LaurelError as other:
        return other


def _signed(issuer_context: IssuerContext, one: Draft, issuer: Issuer, index: int) -> Issued | LaurelError:
    try:
        return storing.sign(issuer_context, one, issuer, index)
    except Unavailable:
        raise
    except LaurelError as error:
        return error


def _free_places(
    issuer_context: IssuerContext, issuer: Issuer, drafts: Sequence[Draft | LaurelError]
) -> tuple[Issuer, Iterator[int]]:
    """A free index for each draft, and the issuer whose lists they are in.

    In a transaction of several one taken index spoils it for all, so they are looked up before. Another writer may
    still be faster: the transaction decides.
    """
    moments = [each.now for each in drafts if isinstance(each, Draft)]
    if not moments:
        return issuer, iter(())
    for _ in range(storing.PAIRS):
        drawn = dict.fromkeys(storing.draw(issuer_context) for _ in range(2 * len(moments) + storing.DRAWS))
        taken = issuer_context.issuer_store.taken(issuer.revocation_list, list(drawn))
        free = [index for index in drawn if index not in taken]
        if len(free) >= len(moments):
            return issuer, iter(free)
        issuer = storing.open_next_pair(issuer_context, issuer, moments[0])
    raise Unavailable("No free index was found in the status lists.", code="lists_full")


def normal(holder: Holder) -> Holder:
    """``holder`` as a credential says it."""
    # Verifiers compare hashes, so one way of writing an address has to be agreed on: no outer space, lower case.
    return replace(holder, email=holder.email.strip().lower()) if holder.email is not None else holder


def _check_evidence(evidence: tuple[EvidenceLink, ...], *, required: bool) -> None:
    if required and not evidence:
        raise Refused("This achievement requires evidence. Add at least one link.", code="evidence_required")
    if len(evidence) > MOST_EVIDENCE:
        raise Refused(
            f"{len(evidence)} evidence links are too many. The limit is {MOST_EVIDENCE}.", code="bad_evidence"
        )
    if len({link.url for link in evidence}) < len(evidence):
        # One thing is described once: of two a signature could not tell which is which (`node_split`).
        raise Refused("The evidence contains the same link twice.", code="bad_evidence")
    for link in evidence:
        check_url("evidence URL", link.url)
        check_text("evidence name", link.name, 200)
        if link.narrative is not None:
            check_text("evidence narrative", link.narrative, 2000)


def _check_holder(holder: Holder) -> None:
    check_name("holder's name", holder.name, 200)
    if holder.email is not None:
        check_email("email address", holder.email)
    if holder.did is not None and (len(holder.did) > MAX_URL or not _DID.fullmatch(holder.did)):
        raise Refused(f"{holder.did[:80]!r} is not a DID.", code="bad_did")
