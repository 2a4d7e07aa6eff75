"""Fault injection for AWS calls through botocore client events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError


class Fault(StrEnum):
    """The fault injected at a call."""

    LOST = "lost before it was sent"
    REPLY_LOST = "applied, and its reply lost"
    STOPPED_BEFORE = "the process ends before it"
    STOPPED_AFTER = "the process ends after it"


class SimulatedCrash(BaseException):
    """Simulates the end of the process. A BaseException, so that Laurel does not catch it."""


class FaultInjector:
    """Counts the calls of ``clients`` and injects a fault into one of them."""

    def __init__(self, clients: Sequence[Any]) -> None:
        self._clients = clients
        self.calls = 0

    @contextmanager
    def failing(self, nth: int, fault: Fault) -> Iterator[None]:
        """Inject ``fault`` into the ``nth`` call (from 1) within the block; after a stop, all later calls stop."""
        self.calls = 0

        def before_call(**_: object) -> None:
            self.calls += 1
            stopped = fault in (Fault.STOPPED_BEFORE, Fault.STOPPED_AFTER)
            if (self.calls == nth and fault is Fault.STOPPED_BEFORE) or (stopped and self.calls > nth):
                raise SimulatedCrash

        def before_send(**_: object) -> None:
            # Fail every attempt, because botocore would otherwise retry and succeed.
            if self.calls == nth and fault is Fault.LOST:
                raise ConnectTimeoutError(endpoint_url="injected")

        def after_call(**_: object) -> None:
            if self.calls == nth and fault is Fault.REPLY_LOST:
                raise ReadTimeoutError(endpoint_url="injected")
            if self.calls == nth and fault is Fault.STOPPED_AFTER:
                raise SimulatedCrash

        handlers = {"before-call": before_call, "before-send": before_send, "after-call": after_call}
        names = [(client, f"{event}.{client.meta.service_model.service_name}", handler)
                 for event, handler in handlers.items() for client in self._clients]  # fmt: skip
        for client, name, handler in names:
            client.meta.events.register(name, handler)
        try:
            yield
        finally:
            for client, name, handler in names:
                client.meta.events.unregister(name, handler)
