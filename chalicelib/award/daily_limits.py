"""Daily limits on what an issuer can repeat without issuing anything: uploads, large dry runs, status changes, exports,
messages to endpoints, and new versions of achievements and pathways.

Each costs storage, signatures or emails, and anyone can create an issuer. A domain proof or an operator's registration
raises them. Revoking is not limited, because it is final: an issuer revokes at most what it has issued
(`issuing.quota`), and must be able to do so at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import quota
from chalicelib.credential.issuer import Issuer

CODE = "daily_limit_exceeded"


@dataclass(frozen=True, slots=True)
class Limit:
    """A daily limit of an issuer. ``proven`` applies once an operator vouches for it, or a domain, whose issuers then
    share the limit."""

    counter: str
    what: str
    """The verb and the unit, as in "can upload 10,000 rows a day"."""
    unproven: int
    proven: int

    def of(self, issuer: Issuer, now: datetime) -> int:
        """The limit of ``issuer``."""
        return self.proven if issuer.identified(now) else self.unproven


UPLOADED_ROWS = Limit("uploaded-rows", "upload {:,} rows", 100 * quota.UNPROVEN_PER_DAY, 10 * quota.PROVEN_PER_DAY)
"""Maximum rows of bulk jobs. Rows over the issuing quota wait for later days. The limits allow an unproven issuer a
term's courses, and any other issuer ten of the largest uploads, which cost about half a cent in storage each (AWS
pricing)."""
CHECKED_KILOBYTES = Limit("checked-kilobytes", "check {:,} kB of lists", 100_000, 3_000_000)
"""Maximum kilobytes of lists that requests validate, whether or not anything is issued: two minutes of a worker for an
unproven issuer, and for any other each of its rows of the day several times. A list of 100,000 rows takes up to twenty
seconds."""
EXPORT_PARTS = Limit("export-parts", "download {:,} parts of the export", 300, 20_000)
"""Maximum parts of 3 MB, for about a twentieth of a cent each: far more than all the data of an unproven issuer, or ten
exports of a million credentials for any other."""
MIN_KILOBYTES = 10
"""A list counts as at least this many."""
ROWS_PER_UPLOAD = 50
"""An upload counts as at least this many rows: each is a job, a pointer, a chunk and two tasks."""
DRY_RUNS = Limit("dry-runs", "start {:,} dry runs of large uploads", 5, 100)
"""Maximum dry runs that the task queue does; each stores its upload, for a cent at most. Small ones store nothing."""
RESUMES = Limit("resumes", "resume {:,} uploads", 20, 500)
"""Maximum resumed uploads. Each adds a task; a job stops at most a few times a day, when its key or quota is
missing."""
STATUS_CHANGES = Limit(
    "status-changes",
    "suspend or reinstate {:,} credentials",
    2 * quota.UNPROVEN_PER_DAY,
    quota.PROVEN_PER_DAY,
)
"""Maximum suspensions and reinstatements. Each signs a status list and can send an email. Enough to suspend and
reinstate what an unproven issuer issues in a day."""
ACHIEVEMENTS = Limit("achievements", "save {:,} achievements and images", 200, 5_000)
"""Maximum versions of achievements and uploaded images, of 256 KB at most, which are kept for ever: 50 MB a day for an
unproven issuer, and a catalogue imported twice for any other."""
PATHWAYS = Limit("pathways", "save {:,} pathways", 30, 1_000)
"""Maximum versions of pathways. After each the worker, which all issuers share, checks every holder of the issuer."""
QUEUED_MESSAGES = Limit(
    "queued-messages",
    "send {:,} test and repeated messages to its endpoints",
    5 * quota.UNPROVEN_PER_DAY,
    quota.PROVEN_PER_DAY // 5,
)
"""Maximum messages to endpoints that a person queues. The function that sends them, which all issuers share, may wait
seconds for each. Enough to send again what an unproven issuer issues in a day to its five endpoints."""
CHANGES_PER_CREDENTIAL = 10
"""Suspensions and reinstatements of one credential a day: the same case is not decided more often, and its holder gets
an email about each."""


def take(issuer_context: IssuerContext, issuer: Issuer, limit: Limit, amount: int = 1) -> None:
    """Count ``amount`` against ``limit``. Raises `QuotaExceeded` (`daily_limit_exceeded`), `Unavailable`."""
    now = issuer_context.now()
    most = limit.of(issuer, now)
    counter, expires = quota.day_counter(limit.counter, issuer.quota_owner_id(now), now)
    if not issuer_context.counters.add(counter, amount, most, expires):
        domain = issuer.vouching_domain(now)
        who = issuer.name if domain is None else f"Issuers that have verified {domain}"
        detail = f"{who} can {limit.what.format(most)} a day.{quota.advice(issuer, now)}"
        raise quota.until_midnight(detail, now, CODE)


def take_status_change(issuer_context: IssuerContext, issuer: Issuer, credential_id: str) -> None:
    """Count a suspension or reinstatement, for the credential and its issuer. Raises as `take`."""
    now = issuer_context.now()
    counter, expires = quota.day_counter("credential-changes", credential_id, now)
    if not issuer_context.counters.add(counter, 1, CHANGES_PER_CREDENTIAL, expires):
        times = f"{CHANGES_PER_CREDENTIAL} times a day"
        detail = f"A credential can be suspended or reinstated {times}. You can still revoke it."
        raise quota.until_midnight(detail, now, CODE)
    take(issuer_context, issuer, STATUS_CHANGES)
