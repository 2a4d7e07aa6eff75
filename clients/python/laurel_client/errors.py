"""Errors of the client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class LaurelError(Exception):
    """The base class of all errors of this client. ``code`` is stable: docs/api.md, Errors, or one of these."""

    code = "laurel_error"


class ConnectionFailed(LaurelError):
    """Laurel did not respond, or the response is not from Laurel. This says nothing about the credential."""

    code = "connection_failed"


class JobTimeout(LaurelError):
    """The job of a batch did not finish in time. It is still running at ``url``. To wait again, repeat the call with
    the same ``idempotency_key``."""

    code = "job_timeout"

    def __init__(self, url: str) -> None:
        super().__init__(f"The job has not finished yet: {url}")
        self.url = url


class ReceiptInvalid(LaurelError):
    """The text is not a receipt from this deployment, or it was changed."""

    code = "receipt_invalid"


class ProblemError(LaurelError):
    """An error from Laurel. ``problem`` is the complete problem document (RFC 9457).

    If ``status`` is below 500, fix the request: its input, API key or URL. If it is 500 or higher, Laurel failed or is
    unavailable. ``retry_after`` is in seconds, if known.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status, self.problem, self.retry_after = status, problem, retry_after
        self.code = str(problem.get("code", "unexpected_response"))
        self.detail = str(problem.get("detail", ""))
        super().__init__(f"{self.code}: {self.detail}")


class RateLimited(ProblemError):
    """A rate limit was reached (429), and the wait would be longer than ``max_wait``."""


def of_response(status: int, problem: Mapping[str, Any], retry_after: float | None = None) -> ProblemError:
    """Create the error for a response with ``status``."""
    return (RateLimited if status == 429 else ProblemError)(status, problem, retry_after)
