"""Correct and renew credentials: issue a replacement and update the replaced credential in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final, TypeVar

from chalicelib.award.input import timezones
from chalicelib.award.issuer_context import IssuerContext, whole_second
from chalicelib.award.issuing import issue, status_changes, storing
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.recipient import Issued, Recipient
from chalicelib.award.issuing.signing import P256_SUITES
from chalicelib.award.issuing.status_changes import MAX_ATTEMPTS
from chalicelib.credential import dates, signed_content, vocabulary
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.record import CredentialStatus, Record, State, StatusList
from chalicelib.credential.signed_content import SignedContent
from chalicelib.errors import Conflict, NotFound, Refused


class Unchanged(Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "as it was"


UNCHANGED: Final = Unchanged.UNCHANGED
"""Marks a member that a correction leaves unchanged; None removes the value."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The corrected values of a credential. None, or empty evidence, removes the value."""

    name: str | Unchanged = UNCHANGED
    email: str | Unchanged | None = UNCHANGED
    did: str | Unchanged | None = UNCHANGED
    valid_from: datetime | Unchanged = UNCHANGED
    valid_until: datetime | Unchanged | None = UNCHANGED
    evidence: tuple[EvidenceLink, ...] | Unchanged = UNCHANGED


def correct(
    issuer_context: IssuerContext,
    issuer_id: str,
    credential_id: str,
    changes: Changes,
    reason: str | None = None,
    *,
    new_id: str | None = None,
) -> Record:
    """Issue a corrected credential and return its record; revoke the old one, which then names its replacement and
    keeps ``reason``, the issuer's own words.

    The new credential has the same version of the achievement. Both are stored in one transaction. ``new_id`` makes the
    call idempotent: the same id returns the same record. Raises `NotFound` (also for another issuer's credential), the
    errors of `issue.issue`, `Refused` (`nothing_to_correct`, `superseded` when already replaced, `revoked_is_final`,
    `suspended`, `email_unknown`, `no_status_entry`), and `Conflict` (`busy`).
    """
    if reason is not None:
        status_changes.check_reason(reason)
    if changes == Changes():
        raise _nothing_to_correct()

    def terms(before: Record, old: SignedContent, now: datetime) -> tuple[Award, Achievement]:  # noqa: ARG001 - as for `renew`
        version = before.achievement_version
        achievement = issuer_context.issuer_store.achievement_version(issuer_id, before.achievement_id, version)
        original = replace(
            _award(issuer_context, before, old), valid_from=old.valid_from, valid_until=before.valid_until
        )
        if changes.email is UNCHANGED:
            _check_email_known(original, old)
        corrected = _corrected(original, changes)
        # An address that is stored only as a hash differs from every address and from None.
        hidden = old.has_email and original.holder.email is None
        if not hidden and _comparable_content(corrected) == _comparable_content(original):
            raise _nothing_to_correct()
        # An achievement archived since was still earned, and a correction keeps the end of validity that was issued.
        return corrected, replace(achievement, archived=False, valid_days=None)

    def decide(before: Record, new: Record) -> tuple[Record, list[StatusList]]:
        now = new.status.at
        lists = status_changes.changed_lists(issuer_context, before, State.REVOKED, now)
        return replace(before, status=CredentialStatus(State.REVOKED, now, reason), corrected=True), lists

    return _replace(issuer_context, issuer_id, credential_id, new_id, terms, decide)


def _corrected(original: Award, changes: Changes) -> Award:
    holder = Holder(
        _changed(changes.name, original.holder.name),
        _changed(changes.email, original.holder.email),
        _changed(changes.did, original.holder.did),
    )
    return replace(
        original,
        holder=holder,
        valid_from=_changed(changes.valid_from, original.valid_from),
        valid_until=_changed(changes.valid_until, original.valid_until),
        evidence=_changed(changes.evidence, original.evidence),
    )


def _changed(change: T | Unchanged, original: T) -> T:
    return original if isinstance(change, Unchanged) else change


def _comparable_content(award: Award) -> tuple[object, ...]:
    """The content of a credential of ``award``, for comparison: normalized address, times in whole seconds."""
    moments = [each and dates.write(each) for each in (award.valid_from, award.valid_until)]
    return issue.normalize(award.holder), *moments, award.evidence


def _nothing_to_correct() -> Refused:
    return Refused(
        "This correction changes nothing. Provide at least one new value.",
        code="nothing_to_correct",
    )


def renew(
    issuer_context: IssuerContext,
    issuer_id: str,
    credential_id: str,
    valid_until: datetime | None = None,
    *,
    new_id: str | None = None,
) -> Record:
    """Renew a credential: issue a new one for the same holder and the current version of the achievement.

    Returns the new record, valid from now. It ends at ``valid_until``; by default it ends by the achievement's expiry
    rule, or after as long as the old one was valid. The old one keeps its status and names the new one. ``new_id`` and
    the errors are as for `correct`.
    """

    def terms(before: Record, old: SignedContent, now: datetime) -> tuple[Award, Achievement]:
        achievement = issuer_context.issuer_store.achievement(issuer_id, before.achievement_id)
        ends = valid_until
        if ends is None and achievement.valid_days is None and before.valid_until and old.valid_from:
            ends = issue.end_after(now, before.valid_until - old.valid_from)
        award = _award(issuer_context, before, old)
        _check_email_known(award, old)
        return replace(award, valid_from=now, valid_until=ends), achievement

    return _replace(issuer_context, issuer_id, credential_id, new_id, terms, lambda before, _: (before, []))


T = TypeVar("T")
_Terms = Callable[[Record, SignedContent, datetime], tuple[Award, Achievement]]
_Decision = Callable[[Record, Record], tuple[Record, list[StatusList]]]


def _replace(
    issuer_context: IssuerContext,
    issuer_id: str,
    credential_id: str,
    new_id: str | None,
    terms: _Terms,
    decide: _Decision,
) -> Record:
    for _ in range(MAX_ATTEMPTS):
        before = status_changes.owned(issuer_context, issuer_id, credential_id)
        if before.superseded_by is not None:
            return _replaced(issuer_context, before, new_id)
        _check_status(before)
        # As in `issue`, read the clock before the issuer, so that the key is valid at this time.
        moment = issuer_context.moment()
        award, achievement = terms(before, signed_content.read(before.document), whole_second(moment))
        award = replace(award, credential_id=new_id)
        issue.check(award, achievement)
        draft = issue.draft(issuer_context, award, achievement, moment, supersedes=before.id)
        try:
            return storing.sign_and_store(issuer_context, draft, _storing(issuer_context, before, decide))
        except Conflict as error:
            if error.code != Conflict.code and not _is_replaced_by(issuer_context, issuer_id, credential_id, new_id):
                raise
            # Another writer changed this credential or its list, or this request ran twice: read again.
    raise Conflict("Someone else is changing the same status list. Try again.", code="busy")


def _storing(issuer_context: IssuerContext, before: Record, decide: _Decision) -> Callable[[Issued], None]:
    def store(issued: Issued) -> None:
        after, lists = decide(before, issued.record)
        after = replace(after, superseded_by=issued.record.id, version=before.version + 1)
        issuer_context.issuer_store.supersede(after, lists, issued)

    return store


def _is_replaced_by(issuer_context: IssuerContext, issuer_id: str, credential_id: str, new_id: str | None) -> bool:
    return new_id is not None and status_changes.owned(issuer_context, issuer_id, credential_id).superseded_by == new_id


def _replaced(issuer_context: IssuerContext, before: Record, new_id: str | None) -> Record:
    if before.superseded_by is not None and before.superseded_by == new_id:
        return issuer_context.issuer_store.record(new_id)
    raise Refused(
        f"This credential has already been replaced by {before.superseded_by}. Change that one.", code="superseded"
    )


def _check_status(before: Record) -> None:
    if before.status.state is State.REVOKED:
        raise Refused("This credential is revoked, which cannot be undone.", code="revoked_is_final")
    if before.status.state is State.SUSPENDED:
        raise Refused("This credential is suspended. Reinstate it first.", code="suspended")


def _check_email_known(award: Award, old: SignedContent) -> None:
    if award.holder.email is None and old.has_email:
        raise Refused(
            "Laurel stores only a hash of the holder's email address. "
            "Correct the credential and provide the full address.",
            code="email_unknown",
        )


def _suite(issuer_context: IssuerContext, issuer_id: str, suite: str) -> str:
    """The suite of the earlier credential, or the usual one if the issuer no longer has a key for it."""
    if suite in P256_SUITES and issuer_context.issuer_store.issuer(issuer_id).signing_key.p256 is None:
        return vocabulary.EDDSA_RDFC_2022
    return suite


def _award(issuer_context: IssuerContext, before: Record, old: SignedContent) -> Award:
    """The award that ``before`` was issued for; without an email address when it is no longer stored."""
    try:
        recipient = issuer_context.issuer_store.recipient(before.id)
    except NotFound:
        recipient = Recipient(before.id, before.issuer_id, before.holder_name)
    return Award(
        issuer_id=before.issuer_id,
        achievement_id=before.achievement_id,
        holder=Holder(before.holder_name, recipient.email, old.holder_did),
        evidence=old.evidence,
        suite=_suite(issuer_context, before.issuer_id, old.suite),
        jwt=before.jwt is not None,
        zone=timezones.usable(recipient.zone),
        lang=recipient.lang,
        notify=recipient.notify,
    )
