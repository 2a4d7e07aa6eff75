"""The store of reports by visitors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, Pointer, epoch, members, read
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.stores.tasks import raw as task_item
from chalicelib.dynamo.tables import UNCONDITIONAL, Delete, Put, Raw, Tables
from chalicelib.dynamo.writes import replacing
from chalicelib.errors import NotFound
from chalicelib.moderation.visitor_report import Inbox, Reason, State, VisitorReport
from chalicelib.tasks.task_queue import Task

_WORDS = ("message", "email")
"""Members that are stored in an item of their own."""


class VisitorReportItem(Item, discriminator="visitor_report"):
    """A report, without the reporter's words."""

    id = UnicodeAttribute()
    credential_id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    issuer_state = UnicodeAttribute()
    operator_state = UnicodeAttribute()
    version = NumberAttribute()

    @classmethod
    def of(cls, report: VisitorReport) -> Self:
        return cls(
            *keys.visitor_report(report.id),
            **members(report, VisitorReport, exclude=_WORDS),
        )

    def to_domain(self) -> VisitorReport:
        return VisitorReport(
            reason=Reason(self.reason),
            issuer_state=State(self.issuer_state),
            operator_state=State(self.operator_state),
            **members(self, VisitorReport, exclude=(*_WORDS, "reason", "issuer_state", "operator_state")),
        )


class ReporterItem(Item, discriminator="reporter"):
    """The words of a reporter, which expire. ``expires`` is in epoch seconds."""

    message = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    expires = NumberAttribute()

    @classmethod
    def of(cls, report: VisitorReport) -> Self:
        return cls(
            *keys.reporter(report.id), message=report.message, email=report.email, expires=epoch(report.words_until)
        )

    def to_domain(self) -> tuple[str | None, str | None]:
        return self.message, self.email


class DynamoVisitorReportStore:
    """`moderation.visitor_report.VisitorReportStore` on DynamoDB: reports in the permanent table, the reporters'
    words in the table without backups, where they expire."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def add(self, report: VisitorReport, tasks: Sequence[Task]) -> None:
        if report.message is not None or report.email is not None:
            # First, because words without a report expire unseen, and a report without its words would be useless.
            self._tables.put(self._tables.secrets, Put(ReporterItem.of(report).raw(), UNCONDITIONAL))
        items = [VisitorReportItem.of(report).raw(), *(_pointer(report, inbox) for inbox in Inbox)]
        self._tables.transact(self._table, [*map(Put, items), *(Put(task_item(task), UNCONDITIONAL) for task in tasks)])

    def report(self, report_id: str, now: datetime) -> VisitorReport:
        found = self._read([report_id], now)
        if not found:
            raise NotFound("This report does not exist.")
        return found[0]

    def replace(self, before: VisitorReport, after: VisitorReport) -> None:
        changed = [inbox for inbox in Inbox if before.state(inbox) is not after.state(inbox)]
        put = replacing(VisitorReportItem.of(after).raw(), before.version)
        moved = [Put(_pointer(after, inbox), UNCONDITIONAL) for inbox in changed]
        self._tables.transact(self._table, [put, *moved], [Delete(_pointer_key(before, inbox)) for inbox in changed])

    def reports(
        self, issuer_id: str | None, state: State, before: str | None, limit: int, now: datetime
    ) -> list[VisitorReport]:
        if issuer_id is None:
            part = keys.operator_reports_before(state, before)
        else:
            part = keys.issuer_reports_before(issuer_id, state, before)
        return self._read(list(reads.list_range(self._tables, self._table, Pointer, part, limit)), now)

    def _read(self, ids: Sequence[str], now: datetime) -> list[VisitorReport]:
        """The reports with ``ids``, in this order; those that do not exist are left out."""
        remaining, found = iter(ids), []
        while batch := list(islice(remaining, reads.BATCH)):
            wanted = {
                self._table: [keys.visitor_report(each) for each in batch],
                self._tables.secrets: [keys.reporter(each) for each in batch],
            }
            items = self._tables.get_many(wanted)
            found += [_with_words(items, each, now) for each in batch if keys.visitor_report(each) in items]
        return found


def delete_report(tables: Tables, raw: Raw) -> None:
    """Delete a report, its entries in the inboxes, and the reporter's words. Raises `Unavailable`."""
    report = read(VisitorReportItem, raw)
    tables.delete(tables.secrets, keys.reporter(report.id))
    for inbox in Inbox:
        tables.delete(tables.credentials, _pointer_key(report, inbox))
    tables.delete(tables.credentials, keys.visitor_report(report.id))


def _with_words(items: dict[Key, Raw], report_id: str, now: datetime) -> VisitorReport:
    report = read(VisitorReportItem, items[keys.visitor_report(report_id)])
    words = items.get(keys.reporter(report_id))
    if words is None or now >= report.words_until:  # DynamoDB may delete an expired item days later
        return report
    message, email = read(ReporterItem, words)
    return replace(report, message=message, email=email)


def _pointer(report: VisitorReport, inbox: Inbox) -> Raw:
    return Pointer(*_pointer_key(report, inbox), target=report.id).raw()


def _pointer_key(report: VisitorReport, inbox: Inbox) -> Key:
    if inbox is Inbox.ISSUER:
        return keys.issuer_report(report.issuer_id, report.issuer_state, report.id)
    return keys.operator_report(report.operator_state, report.id)
