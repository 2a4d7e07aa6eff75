"""What can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class LaurelError(Exception):
    """The root of all errors of this client. ``code`` is stable: Laurel's own (docs/api.md, Errors) or one of these."""

    code = "laurel_error"


class ConnectionFailed(LaurelError):
    """Laurel did not respond, or its response is not one of Laurel. Nothing is known about the credential."""

    code = "connection_failed"


class JobTimeout(LaurelError):
    """The job of a batch was not done in time. It goes on: the same call with the same ``idempotency_key`` waits again,
    and ``url`` is where it is."""

    code = "job_timeout"

    def __init__(self, url: str) -> None:
        super().__init__(f"The job is not done yet: {url}")
        self.url = url


class ReceiptInvalid(LaurelError):
    """The text is not a receipt of this Laurel, or it was changed."""

    code = "receipt_invalid"


class ProblemError(LaurelError):
    """Laurel's problem document (RFC 9457), complete in ``problem``.

    Below ``status`` 500 the request has to change: its input, its API key or its URL. From 500 on, Laurel failed or is
    not available. ``retry_after``, if known, is in seconds.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status, self.problem, self.retry_after = status, problem, retry_after
        self.code = str(problem.get("code", "unexpected_response"))
        self.detail = str(problem.get("detail", ""))
        super().__init__(f"{self.code}: {self.detail}")


class RateLimited(ProblemError):
    """A limit is reached (429), and to wait would take longer than allowed."""


def of_response(status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> ProblemError:
    """Create the error for a response with ``status``."""
    return (RateLimited if status == 429 else ProblemError)(status, problem, retry_after)
