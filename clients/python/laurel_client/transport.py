"""HTTP requests, and retries when Laurel asks the client to wait."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from laurel_client.errors import ConnectionFailed, of_response

MAX_BYTES = 16 * 1024 * 1024
"""Maximum response size that is read; Laurel's responses are at most 6 MB."""
MAX_LINE = 4 * 1024 * 1024
"""Maximum line length that is read in a job's results."""


class _NoRedirect(HTTPRedirectHandler):
    """Refuse redirects: Laurel's API never redirects, and an API key must not be sent to another host."""

    def redirect_request(self, *_arguments: object) -> None:
        """Return None, so that a redirect is an error."""


@dataclass(frozen=True, slots=True)
class Transport:
    """Sends requests to Laurel at ``base_url``. Times are in seconds."""

    base_url: str
    api_key: str | None = field(repr=False)
    timeout: float
    max_wait: float
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    opener: OpenerDirector = field(default_factory=lambda: build_opener(_NoRedirect), repr=False)

    def send(self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the JSON of the response. Waits and retries on an error with `Retry-After`.

        Raises `ProblemError`, `ConnectionFailed`.
        """
        sent = {"Accept": "application/json", "User-Agent": "laurel-client-python/0.1", **(headers or {})}
        if self.api_key is not None:
            sent["Authorization"] = f"Bearer {self.api_key}"
        left = self.max_wait
        while True:
            request = Request(self.base_url + path, body, sent)  # noqa: S310 - `Laurel` checks the scheme
            try:
                with self.opener.open(request, timeout=self.timeout) as response:
                    return _json(response.read(MAX_BYTES + 1))
            except HTTPError as error:
                with error:
                    wait = _seconds(error.headers.get("Retry-After"))
                    if wait is None or wait > left:
                        raise of_response(error.code, _problem(error), wait) from None
            except (OSError, HTTPException) as error:
                raise ConnectionFailed(f"{self.base_url} did not respond: {error}") from error
            left -= wait
            self.sleep(wait)

    def lines(self, url: str) -> Iterator[dict[str, Any]]:
        """Read the NDJSON at ``url``, without the API key because it is a signed link to another host.

        Raises `ConnectionFailed`."""
        require_https(url)
        try:
            with self.opener.open(Request(url), timeout=self.timeout) as response:  # noqa: S310 - checked above
                while line := response.readline(MAX_LINE):
                    yield _json(line)
        except (OSError, HTTPException) as error:
            raise ConnectionFailed(f"The results could not be read: {error}") from error


def require_https(url: str) -> None:
    """Raise `ValueError` unless ``url`` is an https URL, or an http URL of this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")):
        raise ValueError("This must be an https URL.")


def _seconds(text: str | None) -> float | None:
    """The seconds in a `Retry-After`; at least one, so that a zero does not cause a busy loop."""
    return max(1.0, float(text)) if text is not None and text.isascii() and text.isdigit() else None


def _problem(error: HTTPError) -> Mapping[str, Any]:
    try:
        return _json(error.read(MAX_BYTES))
    except (OSError, HTTPException, ConnectionFailed):
        return {"detail": f"HTTP {error.code} without a problem document"}


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content) if len(content) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ConnectionFailed("The response is too large, or not a JSON object.")
    return found
