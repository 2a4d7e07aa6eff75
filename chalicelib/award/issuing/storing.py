"""Store a new credential: find a free status list index, sign, and write everything in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import quota, status_lists
from chalicelib.award.issuing.recipient import Issued, Recipient
from chalicelib.award.issuing.signing import as_jwt, with_proof
from chalicelib.award.keys import own_key
from chalicelib.award.ports import NewKey, Signer
from chalicelib.credential import build, strict_json
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import CredentialStatus, Entry, Purpose, Record, State
from chalicelib.errors import Conflict, LaurelError, Refused
from chalicelib.tasks.task_queue import Task

DRAWS = 8
"""Draws of an index from one pair of lists before a new pair is opened.

If a fraction f of a pair is used, a drawn index is taken with probability f, and all eight are with f^8: 1 in 10^8 at a
tenth, 15 in a million at a quarter, 4 in a thousand at a half. Added up over the life of a pair, the next one is opened
after about 45,000 credentials, a third of the 131,072 entries, and a credential costs 1.2 draws on average.
"""
PAIRS = 3
"""Pairs of lists tried for one credential. A second pair is almost empty, so needing a third means a storage error."""
DELIVER = "deliver"
"""Task kind: email the holder of a new credential."""
PATHWAYS = "pathways"
"""Task kind: check which pathways a new or reinstated credential completes, and record that it was issued."""
STATUS_CHANGED = "status_changed"
"""Task kind: email the holder of a credential that was revoked, suspended or reinstated."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A new credential without its status list indexes and signature."""

    credential_id: str
    achievement: Achievement
    holder: Holder
    valid_from: datetime
    valid_until: datetime | None
    evidence: tuple[EvidenceLink, ...]
    suite: str
    jwt: bool
    zone: str | None
    lang: str | None
    notify: bool
    email_salt: str
    now: datetime
    """The time in the credential and its proof, in whole seconds."""
    issued_at: datetime
    """The same time in full precision, which orders the issuer's list."""
    supersedes: str | None = None


def sign_and_store(issuer_context: IssuerContext, draft: Draft, store: Callable[[Issued], None]) -> Record:
    """Sign ``draft`` and ``store`` it, within the issuer's daily quota; retry at another index when ``store`` raises
    `Conflict` (`index_taken`).

    Raises any other error of ``store`` and `sign`, `QuotaExceeded`, and `Conflict` (`busy`) when no free index was
    found.
    """
    issuer = own_key.ensure(issuer_context, issuer_context.issuer_store.issuer(draft.achievement.issuer_id))
    taken = quota.take(issuer_context, issuer)
    signer = _RecordingSigner(issuer_context.signer)
    try:
        return sign_and_store_uncounted(replace(issuer_context, signer=signer), draft, issuer, store)
    except LaurelError as error:
        # After a concurrent change the caller tries again a few times. Any other error could be repeated for ever, such
        # as an id that is taken, and each signature costs money; and after `Unavailable` it may be stored.
        is_concurrent = isinstance(error, Conflict) and error.code == Conflict.code
        if is_concurrent or not signer.has_signed:
            quota.give_back(issuer_context, taken, 1)
        raise


@dataclass(slots=True)
class _RecordingSigner:
    """A `Signer` that remembers whether it has signed anything."""

    signer: Signer
    has_signed: bool = False

    def create(self, issuer_id: str) -> NewKey:
        return self.signer.create(issuer_id)

    def create_p256(self, issuer_id: str) -> NewKey:
        return self.signer.create_p256(issuer_id)

    def public(self, handle: str) -> bytes:
        return self.signer.public(handle)

    def sign(self, handle: str, message: bytes) -> bytes:
        signature = self.signer.sign(handle, message)
        self.has_signed = True
        return signature

    def sign_p256(self, handle: str, message: bytes) -> bytes:
        signature = self.signer.sign_p256(handle, message)
        self.has_signed = True
        return signature


def sign_and_store_uncounted(
    issuer_context: IssuerContext, draft: Draft, first: Issuer, store: Callable[[Issued], None]
) -> Record:
    """Like `sign_and_store`, for a credential already counted against the quota of ``first``."""
    for issuer in _issuers_with_room(issuer_context, first, draft.now):
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
    """A random index, so that adjacent entries reveal nothing about issue time or holder."""
    return int.from_bytes(issuer_context.entropy(4)) % status_lists.LENGTH


def sign(issuer_context: IssuerContext, draft: Draft, issuer: Issuer, index: int) -> Issued:
    """``draft`` at ``index`` of the issuer's two lists, signed. Raises `Refused`, `CanonicalError`, `Unavailable`."""
    # Both lists use the same index: they are created as a pair, so it is free in both or in neither, and a second draw
    # would only double the collisions.
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
    # The issuer's key may have been rotated after the draft was made; a proof older than its key would be invalid.
    created = max(draft.now, issuer.signing_key.created)
    # Sign the JWT first, because it may be refused for its size (KMS signs 4,096 bytes at most with Ed25519).
    jwt = as_jwt(issuer_context.signer, issuer, document, created=created) if draft.jwt else None
    content = with_proof(issuer_context.signer, issuer, document, created=created, suite=draft.suite)
    if len(content) > strict_json.DEFAULT.size:
        raise Refused(
            f"The credential is {len(content):,} bytes, which is more than verifiers accept.", code="too_large"
        )
    record = _record(draft, issuer, content, jwt, entries)
    return Issued(record, _recipient(draft, issuer.id), _tasks(draft, issuer.id))


def _record(draft: Draft, issuer: Issuer, content: bytes, jwt: str | None, entries: tuple[Entry, ...]) -> Record:
    return Record(
        id=draft.credential_id,
        issuer_id=issuer.id,
        achievement_id=draft.achievement.id,
        document=content,
        jwt=jwt,
        entries=entries,
        status=CredentialStatus(State.ACTIVE, draft.now),
        issued_at=draft.issued_at,
        holder_name=draft.holder.name,
        achievement_version=draft.achievement.version,
        valid_until=draft.valid_until,
        supersedes=draft.supersedes,
    )


def _recipient(draft: Draft, issuer_id: str) -> Recipient:
    holder = draft.holder
    return Recipient(draft.credential_id, issuer_id, holder.name, holder.email, draft.zone, draft.notify, draft.lang)


def _tasks(draft: Draft, issuer_id: str) -> tuple[Task, ...]:
    kinds = (DELIVER, PATHWAYS) if draft.notify and draft.holder.email is not None else (PATHWAYS,)
    return tuple(Task(kind, issuer_id, draft.credential_id, draft.now) for kind in kinds)


def _issuers_with_room(issuer_context: IssuerContext, issuer: Issuer, now: datetime) -> Iterator[Issuer]:
    """Yield the issuer, then the issuer with a new pair of lists on each further iteration."""
    yield issuer
    for _ in range(PAIRS - 1):
        issuer = open_next_pair(issuer_context, issuer, now)
        yield issuer


def open_next_pair(issuer_context: IssuerContext, full: Issuer, now: datetime) -> Issuer:
    """Create and store two new lists for the next entries of ``full``; return the updated issuer."""
    opened, pair = status_lists.open_pair(issuer_context, replace(full, version=full.version + 1), now)
    try:
        issuer_context.issuer_store.replace_issuer(opened, pair)
    except Conflict:
        # The issuer was changed concurrently, most likely by another writer that created lists.
        return issuer_context.issuer_store.issuer(full.id)
    return opened
