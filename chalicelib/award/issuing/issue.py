"""Issue credentials: build, assign status list indexes, sign, and store in one transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chalicelib.award.input.text_rules import (
    MAX_URL,
    check_email,
    check_name,
    check_text,
    check_url,
)
from chalicelib.award.input.timezones import check_zone
from chalicelib.award.issuer_context import IssuerContext, whole_second
from chalicelib.award.issuing import storing
from chalicelib.award.issuing.recipient import Issued
from chalicelib.award.issuing.signing import SUITES
from chalicelib.award.issuing.storing import Draft
from chalicelib.credential import email_address, vocabulary
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.language.languages import LANGUAGES

MAX_EVIDENCE = 25
"""Maximum evidence links of a credential. All of them are signed and shown."""

_FIRST_NUMERIC_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""Verifiers of JWTs, and this one, refuse a negative number of seconds since 1970 as a date."""

_DID = re.compile(r"did:[a-z0-9]+:(?:[\w.:-]|%[0-9A-Fa-f]{2})*(?:[\w.-]|%[0-9A-Fa-f]{2})", re.ASCII)
"""DID Core v1.0, 3.1."""


@dataclass(frozen=True, slots=True)
class Award:
    """An achievement to issue to a holder. It is valid from now when ``valid_from`` is None, and until the end that the
    achievement's expiry rule sets when ``valid_until`` is None.

    ``suite`` is one of `signing.SUITES`; ``jwt`` adds the VC-JWT form. ``credential_id`` makes the
    call idempotent: the same id is stored once. ``zone`` is the holder's IANA timezone, ``lang`` their language,
    and ``notify`` sends them an email.
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
    lang: str | None = None
    notify: bool = False


def issue(issuer_context: IssuerContext, award: Award) -> Record:
    """Issue a signed credential and return its stored record.

    Returns the existing record when ``award.credential_id`` is that of a credential of this issuer for this holder and
    achievement.

    Raises `NotFound` for the issuer or achievement, `Refused` when `check` refuses it or it is too large,
    `CanonicalError` when a proof would not cover everything, `Conflict` (`id_taken`) when ``award.credential_id``
    belongs to another credential, `QuotaExceeded` when the issuer's quota of the day is used up. Nothing is stored when
    it raises.
    """
    # Looked up first: each signature costs money, so a request that is repeated must not be signed each time.
    if before := issued_before(issuer_context, award):
        return before
    # Read the clock before the issuer, so that a key that is retired in between is still valid at this time.
    moment = issuer_context.moment()
    achievement = issuer_context.issuer_store.achievement(award.issuer_id, award.achievement_id)
    try:
        check(award, achievement)
        return storing.sign_and_store(
            issuer_context, draft(issuer_context, award, achievement, moment), lambda new: _add(issuer_context, new)
        )
    except (Refused, Conflict):
        if before := issued_before(issuer_context, award):
            return before
        raise


def check(award: Award, achievement: Achievement) -> None:
    """Validate ``award`` of ``achievement``, as `issue` does. Raises `Refused`."""
    if achievement.archived:
        raise Refused("This achievement is archived and can no longer be issued.", code="achievement_archived")
    _check_holder(normalize(award.holder))
    if award.zone is not None:
        check_zone(award.zone)
    if award.lang is not None and award.lang not in LANGUAGES:
        raise Refused(f"{award.lang[:80]!r} is not one of {', '.join(LANGUAGES)}.", code="bad_lang")
    if award.credential_id is not None and not PUBLIC_ID.fullmatch(award.credential_id):
        raise Refused(f"{award.credential_id[:80]!r} is not a credential id.", code="bad_credential_id")
    if award.suite not in SUITES:
        raise Refused(f"Laurel does not support the cryptosuite {award.suite[:80]!r} for signing.", code="bad_suite")
    if award.valid_until is not None and award.valid_from is not None and award.valid_until < award.valid_from:
        raise Refused("The credential would expire before it becomes valid.", code="bad_validity")
    _check_evidence(award.evidence, required=achievement.evidence_required)


def draft(
    issuer_context: IssuerContext,
    award: Award,
    achievement: Achievement,
    moment: datetime,
    supersedes: str | None = None,
    place: int = 0,
) -> Draft:
    """Build the draft of a validated ``award`` for `storing`; ``place`` is its position among those issued at one
    ``moment``. Raises `Refused` when it would end before it starts."""
    now = whole_second(moment)
    valid_from = award.valid_from or now
    valid_until = award.valid_until or ends(achievement, valid_from)
    if valid_until is not None and valid_until < valid_from:
        raise Refused("The credential would expire before it becomes valid.", code="bad_validity")
    if award.jwt and valid_from < _FIRST_NUMERIC_DATE:
        raise Refused(
            "A JWT cannot have a start date before 1970. Issue the credential without a JWT.", code="bad_validity"
        )
    return Draft(
        credential_id=award.credential_id or issuer_context.public_id(),
        achievement=achievement,
        holder=normalize(award.holder),
        valid_from=valid_from,
        valid_until=valid_until,
        evidence=award.evidence,
        suite=award.suite,
        jwt=award.jwt,
        zone=award.zone,
        lang=award.lang,
        notify=award.notify,
        email_salt=issuer_context.entropy(16).hex(),
        now=now,
        issued_at=moment + timedelta(microseconds=place),
        supersedes=supersedes,
    )


def ends(achievement: Achievement, valid_from: datetime) -> datetime | None:
    """The end of validity, by the achievement's expiry rule, of a credential valid from ``valid_from``.

    Raises `Refused` (`bad_validity`) when it is after the year 9999.
    """
    return None if achievement.valid_days is None else end_after(valid_from, timedelta(days=achievement.valid_days))


def end_after(valid_from: datetime, period: timedelta) -> datetime:
    """The end of a validity ``period``. Raises `Refused` (`bad_validity`) for one that a timestamp cannot express."""
    try:
        return valid_from + period
    except OverflowError as error:
        raise Refused(
            "The credential would expire after the year 9999. Provide an earlier end date.", code="bad_validity"
        ) from error


def _add(issuer_context: IssuerContext, issued: Issued) -> None:
    issuer_context.issuer_store.add_record(*issued)


def issued_before(issuer_context: IssuerContext, award: Award) -> Record | None:
    """The existing credential with the caller's id, if issuer, achievement and holder name are the same."""
    if award.credential_id is None:
        return None
    try:
        record = issuer_context.issuer_store.record(award.credential_id)
    except NotFound:
        return None
    there = (record.issuer_id, record.achievement_id, record.holder_name)
    return record if there == (award.issuer_id, award.achievement_id, award.holder.name) else None


def normalize(holder: Holder) -> Holder:
    """Normalize ``holder`` for a credential."""
    # Verifiers compare hashes, so an address needs one normal form.
    return replace(holder, email=email_address.normalize(holder.email)) if holder.email is not None else holder


def _check_evidence(evidence: tuple[EvidenceLink, ...], *, required: bool) -> None:
    if required and not evidence:
        raise Refused("This achievement requires evidence. Add at least one link.", code="evidence_required")
    if len(evidence) > MAX_EVIDENCE:
        raise Refused(
            f"There are too many evidence links ({len(evidence)}). The limit is {MAX_EVIDENCE}.", code="bad_evidence"
        )
    if len({link.url for link in evidence}) < len(evidence):
        # Two descriptions of one URL would merge into one RDF node, which a signature cannot tell apart (`node_split`).
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
