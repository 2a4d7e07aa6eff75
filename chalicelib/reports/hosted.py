"""Reports on hosted credentials: two reads, the ten checks, one event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.analytics.event import NOT_CHECKED, Event, Visit
from chalicelib.analytics.ports import Salts
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.ulid import ulid
from chalicelib.analytics.visitor import SALT_BYTES, described, visitor_of
from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.catalogue.entry import CatalogueEntry
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.errors import NotFound, TakenDown, Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.reports.hosted_resolver import build_hosted_resolver
from chalicelib.reports.store import PublicStore
from chalicelib.verify.members import as_object
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report, Verdict
from chalicelib.verify.verification_context import VerificationContext

if TYPE_CHECKING:  # most credentials show no view counts
    from chalicelib.analytics.counts.view_counts import ViewCounts

MAX_REPLACEMENTS = 10
"""Maximum number of replacements to follow from an old version to the newest one: each is a read."""


TAKEN_DOWN = phrase(
    "The operator of this service took it down after a report. This says nothing about whether the credential is "
    "genuine: to check a copy of it, submit the file. If it is yours, contact its issuer."
)


ERASED = phrase(
    "It was deleted with everything else that was stored here about the person who held it. This says nothing about "
    "whether the credential is genuine: to check a copy of it, submit the file."
)


VerifiedLists = dict[str, dict[str, VerificationContext]]
"""Verified status lists by issuer and URL."""


@dataclass(frozen=True, slots=True)
class HostedReport:
    """A hosted credential, its issuer and its report."""

    record: Record
    issuer: Issuer | None
    report: Report
    pathway_links: tuple[PathwayLink, ...] = ()
    """The pathways that its achievement is a step of."""
    catalogue_entry: CatalogueEntry | None = None
    """Its achievement as the issuer offers it today; None if it does not."""
    salt: bytes | None = None
    """The salt of the day, if there was one."""
    view_counts: ViewCounts | None = None
    """How often people viewed and verified it, if its holder shows it."""

    @property
    def next_pathways(self) -> tuple[PathwayLink, ...]:
        """The next steps to show; none if the page shows a warning."""
        return self.pathway_links if self.is_genuine else ()

    @property
    def is_genuine(self) -> bool:
        """Whether the page may recommend further achievements: not beside a warning."""
        return self.report.verdict in (Verdict.VALID, Verdict.EXPIRED, Verdict.NOT_YET_VALID)


@dataclass(frozen=True, slots=True)
class HostedReports:
    """Verifies hosted credentials. ``entropy(n)`` returns n random bytes."""

    public_store: PublicStore
    recorder: Recorder
    salts: Salts
    base_url: str
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    def open(
        self,
        credential_id: str,
        visit: Visit | None,
        options: VerificationOptions = DEFAULT_OPTIONS,
    ) -> HostedReport:
        """Read, verify and record one credential; the event is stored (or in the log) before this returns.

        Nothing is recorded if ``visit`` is None (a HEAD request shows nothing).
        Raises `NotFound`, also `TakenDown`, and `Unavailable`.
        """
        record = self.shown_record(credential_id)
        now = self.clock()
        around = self.public_store.related_items(record, now.date())
        resolver = build_hosted_resolver(self.base_url, around.issuer, around.status_lists, now, record)
        report = verify(record.document, resolver=resolver, now=now, options=options)
        if visit is not None:
            self._record(record, report, visit, around.salt, now)
        return HostedReport(
            record,
            around.issuer,
            report,
            around.pathway_links,
            around.catalogue_entry,
            around.salt,
            around.view_counts,
        )

    def open_many(self, credential_ids: Sequence[str], verified: VerifiedLists | None = None) -> list[HostedReport]:
        """Read and verify several credentials as of now; those that do not exist or are taken down are left out.

        Costs two calls for each 25 credentials, and records nothing. ``verified`` are the status lists that were
        verified before, by issuer; new ones are added. Raises `Unavailable`.
        """
        now, store = self.clock(), self.public_store
        records = [one for one in store.existing_records(credential_ids) if one.taken_down is None]
        issuers, lists = store.issuers_and_lists(records)
        opened = []
        verified = {} if verified is None else verified
        for record in records:
            issuer = issuers.get(record.issuer_id)
            # Only its own lists, as in `open`: the report must not depend on the other credentials.
            own = {entry.list_id: lists[entry.list_id] for entry in record.entries if entry.list_id in lists}
            resolver = build_hosted_resolver(self.base_url, issuer, own, now, record)
            # A status list counts for credentials of its own issuer only, so for these it is verified once.
            resolver = replace(resolver, lists=verified.setdefault(record.issuer_id, {}))
            opened.append(HostedReport(record, issuer, verify(record.document, resolver=resolver, now=now)))
        return opened

    def newest_version(self, record: Record) -> str | None:
        """The id of the newest version of a replaced credential, None if it was not replaced.

        Follows up to `MAX_REPLACEMENTS` replacements, each with one read, and stops at the last one that can be read.
        """
        newest, seen = record.superseded_by, {record.id}
        while newest is not None and newest not in seen and len(seen) <= MAX_REPLACEMENTS:
            seen.add(newest)
            try:
                following = self.public_store.record(newest).superseded_by
            except (NotFound, Unavailable):
                break
            if following is None or following in seen:
                break
            newest = following
        return newest

    def record_of_copy(self, credential_id: str, report: Report, visit: Visit | None) -> Record | None:
        """Return the record of a hosted credential of which a copy was submitted and verified, and record the visit.

        None, and nothing is recorded, unless the credential is hosted here and ``report`` proves its issuer.
        Raises `Unavailable`.
        """
        try:
            record = self.public_store.record(credential_id)
        except NotFound:
            return None
        around = self.public_store.related_items(replace(record, shows_view_counts=False), report.checked_at.date())
        issuer = as_object(report.credential).get("issuer")
        if around.issuer is None or as_object(issuer).get("id") != around.issuer.did:
            return None
        if visit is not None:
            self._record(record, report, visit, around.salt, report.checked_at)
        return record

    def records_of_copies(self, copies: Sequence[tuple[str, Report]]) -> list[Record | None]:
        """Return the record of each copy as `record_of_copy` does, and record nothing.

        Costs two calls for each 25 copies. Raises `Unavailable`.
        """
        found = self.public_store.existing_records(list(dict.fromkeys(name for name, _ in copies)))
        records = {record.id: record for record in found}
        issuers, _ = self.public_store.issuers_and_lists([replace(record, entries=()) for record in found])
        return [_of_issuer(records.get(name), issuers, report) for name, report in copies]

    def record_many(self, checked: Sequence[tuple[Record, Report]], visit: Visit) -> None:
        """Record one visit for each of several credentials, which were verified for it."""
        salt = self._new_salt(self.clock()) if checked else None
        for record, report in checked:
            self._record(record, report, visit, salt, report.checked_at)

    def record_reported(self, credential_id: str, visit: Visit) -> None:
        """Record what a widget or page reports about a hosted credential, which is not verified for it.

        Costs two reads and one write. Raises `NotFound`, also `TakenDown`, and `Unavailable`.
        """
        record, now = self.shown_record(credential_id), self.clock()
        # The status lists, of 16 KB each, would be most of what is read.
        unlisted = replace(record, entries=(), shows_view_counts=False)
        self._record(record, None, visit, self.public_store.related_items(unlisted, now.date()).salt, now)

    def shown_record(self, credential_id: str) -> Record:
        """Read the record of a credential whose page is shown. Raises `NotFound`, also `TakenDown`, `Unavailable`."""
        record = self.public_store.record(credential_id)
        if record.taken_down is not None:
            raise TakenDown(TAKEN_DOWN)
        return record

    def _record(
        self, record: Record, report: Report | None, visit: Visit, todays_salt: bytes | None, now: datetime
    ) -> None:
        todays_salt = todays_salt or self._new_salt(now)
        self.recorder.record(
            Event(
                id=ulid(now, self.entropy(10)),
                kind=visit.kind,
                at=now,
                credential_id=record.id,
                issuer_id=record.issuer_id,
                achievement_id=record.achievement_id,
                verdict=report.verdict_on_credential.value if report else NOT_CHECKED,
                visitor=visitor_of(visit, todays_salt),
                referrer=visit.referrer,
                target=visit.target,
                widget=visit.widget,
                recipient_check=report.recipient_check if report else None,
                channel=visit.channel,
                **described(visit),
            )
        )

    def _new_salt(self, now: datetime) -> bytes | None:
        # The first visit of a day that the nightly job did not prepare. Without a salt the visit is still recorded.
        try:
            return self.salts.create(now.date(), self.entropy(SALT_BYTES))
        except Unavailable:
            return None


def _of_issuer(record: Record | None, issuers: Mapping[str, Issuer], report: Report) -> Record | None:
    """``record`` if ``report`` proves that its issuer signed the copy."""
    issuer = None if record is None else issuers.get(record.issuer_id)
    signed = as_object(as_object(report.credential).get("issuer")).get("id")
    return record if issuer is not None and signed == issuer.did else None
