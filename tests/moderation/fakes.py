"""In-memory ports of moderation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.errors import Conflict, NotFound
from chalicelib.moderation.visitor_report import Inbox, State, VisitorReport
from chalicelib.tasks.task_queue import Task
from tests import fakes


@dataclass
class VisitorReportStore:
    """`moderation.visitor_report.VisitorReportStore`."""

    tasks: fakes.TaskQueue = field(default_factory=fakes.TaskQueue)
    by_id: dict[str, VisitorReport] = field(default_factory=dict)

    def add(self, report: VisitorReport, tasks: Sequence[Task]) -> None:
        self.by_id.setdefault(report.id, report)
        self.tasks.add(tasks)

    def report(self, report_id: str, now: datetime) -> VisitorReport:
        if report_id not in self.by_id:
            raise NotFound("no such report")
        return _shown(self.by_id[report_id], now)

    def replace(self, before: VisitorReport, after: VisitorReport) -> None:
        stored = self.by_id[before.id]
        if stored.version != before.version:
            raise Conflict("changed")
        self.by_id[before.id] = replace(after, message=stored.message, email=stored.email)

    def reports(
        self, issuer_id: str | None, state: State, before: str | None, limit: int, now: datetime
    ) -> list[VisitorReport]:
        inbox = Inbox.OPERATOR if issuer_id is None else Inbox.ISSUER
        found = [
            _shown(each, now)
            for each in self.by_id.values()
            if each.state(inbox) is state
            and issuer_id in (None, each.issuer_id)
            and (before is None or each.id < before)
        ]
        return sorted(found, key=lambda each: each.id, reverse=True)[:limit]


def _shown(report: VisitorReport, now: datetime) -> VisitorReport:
    return replace(report, message=None, email=None) if now >= report.words_until else report
