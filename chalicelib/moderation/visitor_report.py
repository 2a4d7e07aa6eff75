"""A report by a visitor about a credential, and where it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from chalicelib.tasks.task_queue import Task

RETENTION = timedelta(days=180)
"""How long the reporter's message and address are kept: time to decide, and to answer questions about the decision.
They are personal data, unproven, and often about the holder. The rest of a report contains no personal data and is
kept."""


class Reason(StrEnum):
    """Why a visitor reports a credential."""

    WRONG_INFORMATION = "wrong_information"
    WRONG_PERSON = "wrong_person"
    IMPERSONATION = "impersonation"
    OFFENSIVE = "offensive"
    OTHER = "other"


class State(StrEnum):
    """Whether a report still has to be handled."""

    OPEN = "open"
    CLOSED = "closed"


class Inbox(StrEnum):
    """The party that handles a report. Each has its own state, so that an issuer cannot close a report for the
    operators."""

    ISSUER = "issuer"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class VisitorReport:
    """A report by a visitor about a credential."""

    id: str
    """A ULID, so that the order of ids is that of time."""
    credential_id: str
    issuer_id: str
    reason: Reason
    at: datetime
    message: str | None = None
    """The visitor's message; None if there was none, or after `RETENTION`."""
    email: str | None = None
    """The visitor's email address for a reply; None if there was none, or after `RETENTION`."""
    issuer_state: State = State.OPEN
    operator_state: State = State.OPEN
    version: int = 1

    @property
    def words_until(self) -> datetime:
        """The time at which the message and the address are deleted."""
        return self.at + RETENTION

    def state(self, inbox: Inbox) -> State:
        """The state in ``inbox``."""
        return self.issuer_state if inbox is Inbox.ISSUER else self.operator_state

    def with_state(self, inbox: Inbox, state: State) -> VisitorReport:
        """The next version, with a new state in ``inbox``."""
        changed = {f"{inbox}_state": state}
        return replace(self, version=self.version + 1, **changed)  # type: ignore[arg-type] # the names of two members


class VisitorReportStore(Protocol):
    """Stores reports by visitors. Every method raises `Unavailable` when storage does not respond."""

    def add(self, report: VisitorReport, tasks: Sequence[Task]) -> None:
        """Store a new report, its entries in both inboxes and ``tasks``; idempotent."""

    def report(self, report_id: str, now: datetime) -> VisitorReport:
        """Strongly consistent read; without the message and address if they have expired at ``now``. Raises
        `NotFound`."""

    def replace(self, before: VisitorReport, after: VisitorReport) -> None:
        """Store another state. Raises `Conflict` when the report has changed since ``before``."""

    def reports(
        self, issuer_id: str | None, state: State, before: str | None, limit: int, now: datetime
    ) -> list[VisitorReport]:
        """The reports with this state in the inbox of an issuer, or of the operators (None), newest first, before the
        id ``before``; at most ``limit``. Strongly consistent read; without the message and address if they have expired
        at ``now``."""
