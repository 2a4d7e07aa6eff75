"""Issue many credentials: several are signed and stored together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import issue, quota, storing
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.recipient import Issued
from chalicelib.award.issuing.storing import Draft
from chalicelib.award.keys import own_key
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused, Unavailable

BATCH = 40
"""Credentials that `issue_many` signs before storing them, sized so that one read finds free indexes for all."""


def issue_many(issuer_context: IssuerContext, issuer_id: str, awards: Sequence[Award]) -> list[Record | LaurelError]:
    """Issue each of ``awards``, several in one transaction; return for each the stored record or the error of `issue`.

    The issuer and its achievements are read once. Beyond the issuer's quota of the day the outcome is `QuotaExceeded`.
    Each credential is stored completely or not at all; repeating the same ids is safe. Raises `NotFound` and
    `Unavailable` for the issuer, before anything is stored.
    """
    moment = issuer_context.moment()
    issuer = own_key.ensure(issuer_context, issuer_context.issuer_store.issuer(issuer_id))
    achievements: dict[str, Achievement | LaurelError] = {}
    outcomes: list[Record | LaurelError] = []
    for start in range(0, len(awards), BATCH):
        step = awards[start : start + BATCH]
        drafts = [
            _drafted(issuer_context, issuer_id, award, achievements, moment, place)
            for place, award in enumerate(step, start)
        ]
        issuer = _issue_step_within_quota(issuer_context, issuer, step, drafts, outcomes)
    return outcomes


def _drafted(
    issuer_context: IssuerContext,
    issuer_id: str,
    award: Award,
    achievements: dict[str, Achievement | LaurelError],
    moment: datetime,
    place: int,
) -> Draft | LaurelError:
    try:
        if award.issuer_id != issuer_id:
            raise NotFound("This issuer does not have this achievement.")
        achievement = _read_once(issuer_context, award, achievements)
        issue.check(award, achievement)
        return issue.draft(issuer_context, award, achievement, moment, place=place)
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


def _issue_step_within_quota(
    issuer_context: IssuerContext,
    issuer: Issuer,
    awards: Sequence[Award],
    drafts: Sequence[Draft | LaurelError],
    outcomes: list[Record | LaurelError],
) -> Issuer:
    """`_issue_step` for as many as the issuer's quota allows; those beyond it get `QuotaExceeded`."""
    valid = [place for place, each in enumerate(drafts) if isinstance(each, Draft)]
    taken = quota.take_up_to(issuer_context, issuer, len(valid))
    allowed = list(drafts)
    for place in valid[taken.amount :]:
        allowed[place] = quota.exceeded(issuer_context, issuer)
    issuer, used = _issue_step(issuer_context, issuer, awards, allowed, outcomes)
    quota.give_back(issuer_context, taken, taken.amount - used)
    return issuer


def _issue_step(
    issuer_context: IssuerContext,
    issuer: Issuer,
    awards: Sequence[Award],
    drafts: Sequence[Draft | LaurelError],
    outcomes: list[Record | LaurelError],
) -> tuple[Issuer, int]:
    """Issue ``drafts``, the drafts of ``awards``; return the issuer, updated if new lists were created, and how many
    were or may have been stored."""
    signed: list[Issued | LaurelError] = []
    try:
        issuer, free = _free_places(issuer_context, issuer, drafts)
        for each in drafts:
            one = each if isinstance(each, LaurelError) else _signed(issuer_context, each, issuer, next(free))
            signed.append(one)
    except Unavailable as unavailable:
        # Storage or the key service does not respond: the remaining credentials would only wait for the same error.
        remaining = drafts[len(signed) :]
        signed += [each if isinstance(each, LaurelError) else unavailable for each in remaining]
    stored = iter(issuer_context.issuer_store.add_records([each for each in signed if isinstance(each, Issued)]))
    used = 0
    for award, one_draft, one in zip(awards, drafts, signed, strict=True):
        error = one if isinstance(one, LaurelError) else next(stored)
        new: Issued | LaurelError = error or one
        if isinstance(one_draft, Draft) and isinstance(new, LaurelError) and new.code == "index_taken":
            new = _issued_alone(issuer_context, issuer, one_draft)
        may_be_stored = isinstance(one, Issued) and isinstance(new, Unavailable)
        used += isinstance(new, Issued) or may_be_stored
        outcomes.append(new.record if isinstance(new, Issued) else _settled(issuer_context, award, new))
    return issuer, used


def _issued_alone(issuer_context: IssuerContext, issuer: Issuer, one: Draft) -> Issued | LaurelError:
    """Issue a draft whose index another credential took, at another index: what was stored, or the error."""
    stored: list[Issued] = []

    def add(issued: Issued) -> None:
        issuer_context.issuer_store.add_record(*issued)
        stored.append(issued)

    try:
        storing.sign_and_store_uncounted(issuer_context, one, issuer, add)
    except LaurelError as error:
        return error
    return stored[-1]


def _settled(issuer_context: IssuerContext, award: Award, error: LaurelError) -> Record | LaurelError:
    """Resolve ``error`` of an award in a batch: return the credential if it exists already, else the error."""
    try:
        if isinstance(error, (Refused, Conflict)) and (before := issue.issued_before(issuer_context, award)):
            return before
    except LaurelError as other:
        return other
    return error


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

    One taken index fails the whole transaction, so they are looked up first. Another writer may still take one in
    between; the transaction detects that.
    """
    moments = [each.now for each in drafts if isinstance(each, Draft)]
    if not moments:
        return issuer, iter(())
    for _ in range(storing.PAIRS):
        candidates = dict.fromkeys(storing.draw(issuer_context) for _ in range(2 * len(moments) + storing.DRAWS))
        taken = issuer_context.issuer_store.taken(issuer.revocation_list, list(candidates))
        free = [index for index in candidates if index not in taken]
        if len(free) >= len(moments):
            return issuer, iter(free)
        issuer = storing.open_next_pair(issuer_context, issuer, moments[0])
    raise Unavailable("No free index was found in the status lists.", code="lists_full")
