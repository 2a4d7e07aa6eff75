"""Dependencies of moderation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.access.access_context import AccessContext
from chalicelib.delivery.ports import Archive
from chalicelib.moderation.visitor_report import VisitorReportStore


@dataclass(frozen=True, slots=True)
class ModerationContext:
    """Dependencies of `submission` and `handling`."""

    store: VisitorReportStore
    archive: Archive
    access_context: AccessContext
    """For the rate limits."""
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    def now(self) -> datetime:
        """The current time in UTC."""
        return self.clock().astimezone(UTC)
