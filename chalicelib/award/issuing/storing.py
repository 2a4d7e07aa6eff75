"""A new credential's way into storage: a free place in the status lists, the signature, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import status_lists
from chalicelib.award.issuing.recipient import Issued, Recipient
from chalicelib.award.issuing.signing import as_jwt, with_proof
from chalicelib.credential import build, strict_json
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Entry, Purpose, Record, Standing, State
from chalicelib.errors import Conflict, Refused
from chalicelib.tasks.task_queue import Task

DRAWS = 8
"""Draws of an index from one pair of lists before a new pair is opened.

Of a pair filled to the fraction f, a draw is taken with probability f and all eight with f^8: 1 in 10^8 at a tenth,
15 in a million at a quarter, 4 in a thousand at a half. Added up over the life of a pair, the next one is opened after
about 45,000 credentials, a third of the 131,072 entries, and a credential costs 1.2 draws on average.
"""
PAIRS = 3
"""Pairs of lists tried for one credential. A second one is as good as empty: a third means that storage is at fault."""
DELIVER = "deliver"
"""The task of writing to the holder of a new credential."""
PATHWAYS = "pathways"
"""The task of looking at what a credential completes that is new, or counts again."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything of a new credential but its places in the status lists, and so its signature."""

    credential_id: str
    achievement: Achievement
    holder: Holder
    valid_from: datetime
    valid_until: datetime | None
    evidence: tuple[EvidenceLink, ...]
    suite: str
    jwt: bool
    zone: str | None
    notify: bool
    email_salt: str
    now: datetime
    supersedes: str | None = None


def place(issuer_context: IssuerContext, draft: Draft, store: Callable[[Issued], None]) -> Record:
    """Sign ``draft`` and ``store`` it, at another index each time that ``store`` raises `Conflict` (`index_taken`).

    Raises what ``store`` raises otherwise, what `sign` raises, and `Conflict` (`busy`) when no free place was found.
    """
    for issuer in _issuers_with_room(issuer_context, draft.achievement.issuer_id, draft.now):
        for _ in range(DRAWS):
            issued = sign(issuer_context, draft, issuer, draw(issuer_context))
            try:
                store(issued)
            except Conflict as error:
                if error.code != "index_taken":
                    raise
            else:
                return issued.record
    raise Conflict("No free index was found in the status lists. Try again.", code="busy")


def draw(issuer_context: IssuerContext) -> int:
    """An index, random so that a neighbour in the list says nothing about when or to whom."""
    return int.from_bytes(issuer_context.entropy(4)) % status_lists.LENGTH


def sign(issuer_context: IssuerContext, draft: Draft, issuer: Issuer, index: int) -> Issued:
    """``draft`` at ``index`` of the issuer's two lists, signed. Raises `Refused`, `CanonicalError`, `Unavailable`."""
    # One index serves both lists. They are opened as a pair, so a place is free in both or in neither; two draws would
    # only double the collisions.
    entries = (
        Entry(Purpose.REVOCATION, issuer.revocation_list, index),
        Entry(Purpose.SUSPENSION, issuer.suspension_list, index),
    )
    document = build.open_badge(
        base_url=issuer_context.base_url,
        credential_id=draft.credential_id,
        issuer=issuer,
        achievement=draft.achievement,
        holder=draft.holder,
        entries=entries,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        evidence=draft.evidence,
        email_salt=draft.email_salt,
    )
    # The issuer may have got a fresh key between the draft's moment and its reading; a proof from before its key would
    # not hold.
    created = max(draft.now, issuer.signing_key.created)
    # The JWT first: it may be refused for its size (KMS signs 4,096 bytes at most).
    jwt = as_jwt(issuer_context.signer, issuer, document, created=created) if draft.jwt else None
    content = with_proof(issuer_context.signer, issuer, document, created=created, suite=draft.suite)
    if len(content) > strict_json.DEFAULT.size:
        raise Refused(f"The credential has {len(content):,} bytes, more than verifiers accept.", code="too_large")
    record = Record(
        id=draft.credential_id,
        issuer_id=issuer.id,
        achievement_id=draft.achievement.id,
        document=content,
        jwt=jwt,
        entries=entries,
        standing=Standing(State.ACTIVE, draft.now),
        issued_at=draft.now,
        holder_name=draft.holder.name,
        achievement_version=draft.achievement.version,
        valid_until=draft.valid_until,
        supersedes=draft.supersedes,
    )
    return Issued(record, _recipient(draft, issuer.id), _tasks(draft, issuer.id))


def _recipient(draft: Draft, issuer_id: str) -> Recipient:
    holder = draft.holder
    return Recipient(draft.credential_id, issuer_id, holder.name, holder.email, draft.zone, draft.notify)


def _tasks(draft: Draft, issuer_id: str) -> tuple[Task, ...]:
    if draft.holder.email is None:
        return ()
    kinds = (DELIVER, PATHWAYS) if draft.notify else (PATHWAYS,)
    return tuple(Task(kind, issuer_id, draft.credential_id, draft.now) for kind in kinds)


def _issuers_with_room(issuer_context: IssuerContext, issuer_id: str, now: datetime) -> Iterator[Issuer]:
    """The issuer as it is, then with a new pair of lists each time that it is asked for again."""
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    yield issuer
    for _ in range(PAIRS - 1):
        issuer = open_next_pair(issuer_context, issuer, now)
        yield issuer


def open_next_pair(issuer_context: IssuerContext, full: Issuer, now: datetime) -> Issuer:
    """``full`` with two new lists that take its next entries, stored."""
    opened, pair = status_lists.open_pair(issuer_context, replace(full, version=full.version + 1), now)
    try:
        issuer_context.issuer_store.replace_issuer(opened, pair)
    except Conflict:
        # Somebody else changed the issuer: most likely by opening lists for the same reason.
        return issuer_context.issuer_store.issuer(full.id)
    return opened
