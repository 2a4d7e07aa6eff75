"""Issue a credential: build it, give it a place in the status lists, sign it, store it, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.award import status_lists
from chalicelib.award.awarding import Awarding
from chalicelib.award.sign import as_jwt, with_proof
from chalicelib.award.text import MAX_URL, check_text, check_url
from chalicelib.credential import build, strict_json, vocabulary
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Entry, Purpose, Record, Standing, State
from chalicelib.errors import Conflict, Refused

DRAWS = 8
"""Draws of an index from one pair of lists before a new pair is opened.

Of a pair filled to the fraction f, a draw is taken with probability f and all eight with f^8: 1 in 10^8 at a tenth,
15 in a million at a quarter, 4 in a thousand at a half. Added up over the life of a pair, the next one is opened after
about 45,000 credentials, a third of the 131,072 entries, and a credential costs 1.2 draws on average.
"""
PAIRS = 3
"""Pairs of lists tried for one credential. A second one is as good as empty: a third means that storage is at fault."""

_PUBLIC_ID = re.compile(r"[a-z2-7]{26}", re.ASCII)
_DID = re.compile(r"did:[a-z0-9]+:(?:[\w.:-]|%[0-9A-Fa-f]{2})*(?:[\w.-]|%[0-9A-Fa-f]{2})", re.ASCII)
"""DID Core v1.0, 3.1."""


@dataclass(frozen=True, slots=True)
class Award:
    """One award to one holder. Its validity starts now when ``valid_from`` is None.

    ``suite`` is `eddsa-rdfc-2022` or `eddsa-jcs-2022`; ``jwt`` asks for the VC-JWT form beside it. ``credential_id`` is
    for a caller that must not issue twice: the same id is stored once.
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


def issue(awarding: Awarding, award: Award) -> Record:
    """The stored record of a new, signed credential.

    Raises `NotFound` for the issuer or achievement, `Refused` when a text, a date or the size is not acceptable,
    `CanonicalError` when a proof would not cover everything, `Conflict` (`id_taken`) when ``award.credential_id`` is
    another credential's. Whatever is raised, nothing is stored.
    """
    # The clock is read before the issuer: then a key that was retired since is still good for this moment.
    now = awarding.now()
    award = replace(award, holder=_normal(award.holder), valid_from=award.valid_from or now)
    _check(award)
    draft = _Draft(
        award=award,
        achievement=awarding.ledger.achievement(award.issuer_id, award.achievement_id),
        credential_id=award.credential_id or awarding.public_id(),
        email_salt=awarding.entropy(16).hex(),
        now=now,
    )
    for issuer in _issuers_with_room(awarding, award.issuer_id, now):
        for _ in range(DRAWS):
            record = _sign(awarding, draft, issuer)
            try:
                awarding.ledger.add_record(record)
            except Conflict as error:
                if error.code != "index_taken":
                    raise
            else:
                return record
    raise Conflict("No free place was found in the status lists; try again.", code="busy")


@dataclass(frozen=True, slots=True)
class _Draft:
    award: Award
    achievement: Achievement
    credential_id: str
    email_salt: str
    now: datetime


def _issuers_with_room(awarding: Awarding, issuer_id: str, now: datetime) -> Iterator[Issuer]:
    """The issuer as it is, then with a new pair of lists each time that it is asked for again."""
    issuer = awarding.ledger.issuer(issuer_id)
    yield issuer
    for _ in range(PAIRS - 1):
        issuer = _open_next_pair(awarding, issuer, now)
        yield issuer


def _open_next_pair(awarding: Awarding, full: Issuer, now: datetime) -> Issuer:
    opened, pair = status_lists.open_pair(awarding, replace(full, version=full.version + 1), now)
    try:
        awarding.ledger.replace_issuer(opened, pair)
    except Conflict:
        # Somebody else changed the issuer: most likely by opening lists for the same reason.
        return awarding.ledger.issuer(full.id)
    return opened


def _sign(awarding: Awarding, draft: _Draft, issuer: Issuer) -> Record:
    award = draft.award
    entries = _draw_entries(awarding, issuer)
    document = build.open_badge(
        base_url=awarding.base_url,
        credential_id=draft.credential_id,
        issuer=issuer,
        achievement=draft.achievement,
        holder=award.holder,
        entries=entries,
        valid_from=award.valid_from or draft.now,
        valid_until=award.valid_until,
        evidence=award.evidence,
        email_salt=draft.email_salt,
    )
    # The JWT first: it may be refused for its size (KMS signs 4,096 bytes at most).
    jwt = as_jwt(awarding.signer, issuer, document, created=draft.now) if award.jwt else None
    content = with_proof(awarding.signer, issuer, document, created=draft.now, suite=award.suite)
    if len(content) > strict_json.DEFAULT.size:
        raise Refused(f"The credential has {len(content):,} bytes, more than verifiers read.", code="too_large")
    return Record(
        id=draft.credential_id,
        issuer_id=issuer.id,
        achievement_id=draft.achievement.id,
        document=content,
        jwt=jwt,
        entries=entries,
        standing=Standing(State.ACTIVE, draft.now),
        issued_at=draft.now,
    )


def _draw_entries(awarding: Awarding, issuer: Issuer) -> tuple[Entry, Entry]:
    # One draw serves both lists. They are opened as a pair, so a place is free in both or in neither; two draws would
    # only double the collisions. It is random so that a neighbour in the list says nothing about when or to whom.
    index = int.from_bytes(awarding.entropy(4)) % status_lists.LENGTH
    return (
        Entry(Purpose.REVOCATION, issuer.revocation_list, index),
        Entry(Purpose.SUSPENSION, issuer.suspension_list, index),
    )


def _normal(holder: Holder) -> Holder:
    # Verifiers compare hashes, so one way of writing an address has to be agreed on: no outer space, lower case.
    return replace(holder, email=holder.email.strip().lower()) if holder.email is not None else holder


def _check(award: Award) -> None:
    _check_holder(award.holder)
    if award.credential_id is not None and not _PUBLIC_ID.fullmatch(award.credential_id):
        raise Refused(f"{award.credential_id[:80]!r} is not an id for a credential.", code="bad_credential_id")
    if award.suite not in (vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022):
        raise Refused(f"Laurel does not sign with {award.suite[:80]!r}.", code="bad_suite")
    if award.valid_until is not None and award.valid_from is not None and award.valid_until < award.valid_from:
        raise Refused("The credential would end before it starts.", code="bad_validity")
    for link in award.evidence:
        check_url("evidence's url", link.url)
        check_text("evidence's name", link.name, 200)
        if link.narrative is not None:
            check_text("evidence's narrative", link.narrative, 2000)


def _check_holder(holder: Holder) -> None:
    check_text("holder's name", holder.name, 200)
    if holder.email is not None:
        check_text("e-mail address", holder.email, 254)  # RFC 5321, 4.5.3.1.3, less the angle brackets
        if not all(holder.email.rpartition("@")[::2]):
            raise Refused(f"{holder.email[:80]!r} is not an e-mail address.", code="bad_email")
    if holder.did is not None and (len(holder.did) > MAX_URL or not _DID.fullmatch(holder.did)):
        raise Refused(f"{holder.did[:80]!r} is not a DID.", code="bad_did")
