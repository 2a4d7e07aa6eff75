"""What can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class LaurelError(Exception):
    """The root of all errors of this client."""


class ConnectionFailed(LaurelError):
    """Laurel did not respond, or its response is not one of Laurel. Nothing is known about the credential."""


class JobTimeout(LaurelError):
    """The job of a batch was not done in time. It goes on: read ``url`` later, with the same API key."""

    def __init__(self, url: str) -> None:
        super().__init__(f"The job is not done yet: {url}")
        self.url = url


class ReceiptInvalid(LaurelError):
    """The text is not a receipt of this Laurel, or it was changed."""


class ProblemError(LaurelError):
    """Laurel's problem document (RFC 9457). ``code`` is stable and listed in docs/api.md."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status, self.problem, self.retry_after = status, problem, retry_after
        self.code = str(problem.get("code", "unexpected_response"))
        self.detail = str(problem.get("detail", ""))
        super().__init__(f"{self.code}: {self.detail}")


class Refused(ProblemError):
    """The request has to change: its input, its API key or its URL (4xx)."""


class RateLimited(ProblemError):
    """A limit is reached (429). ``retry_after`` is in seconds."""


class ServerError(ProblemError):
    """Laurel failed or is not available (5xx). ``retry_after``, if known, is in seconds."""


def of_response(status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> ProblemError:
    """Create the error for a response with ``status``."""
    kind = RateLimited if status == 429 else ServerError if status >= 500 else Refused
    return kind(status, problem, retry_after)
