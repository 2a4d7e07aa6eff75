"""The client."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from laurel_client.errors import JobTimeout
from laurel_client.models import BatchResult, Json, Report
from laurel_client.receipts import Receipts
from laurel_client.transport import Transport, require_http

POLL_SECONDS = 2.0
JSON = {"Content-Type": "application/json"}

Source = str | bytes | Json
"""A link, a JWT or JSON as text; a file (JSON, a JWT, a PNG, an SVG or a PDF) as bytes; or a mapping."""


class Laurel:
    """A client of the Laurel at ``base_url``; an ``api_key`` of a verifier raises its limits (docs/platform.md).

    When Laurel asks to wait (429, 503), each request waits for up to ``max_wait`` seconds in total. ``timeout`` is for
    one response, in seconds.
    """

    def __init__(
        self, base_url: str, api_key: str | None = None, *, timeout: float = 30.0, max_wait: float = 60.0
    ) -> None:
        require_http(base_url)
        self._transport = Transport(base_url.rstrip("/"), api_key, timeout, max_wait)
        self.receipts = Receipts(self._transport, self.verify)

    def verify(
        self,
        source: Source,
        *,
        recipient: str | None = None,
        challenge: str | None = None,
        domain: str | None = None,
        receipt: bool = False,
    ) -> Report:
        """Verify a credential. A forged one is a report too, not an error.

        ``recipient`` is the email address that it should have been issued to; ``challenge`` and ``domain`` are what the
        holder of a presentation was asked to sign. Raises `ProblemError`, `ConnectionFailed`.
        """
        if isinstance(source, bytes):
            if challenge is not None or domain is not None:
                raise ValueError("Send a presentation as text or as a mapping.")
            form = {"recipient": recipient, "receipt": "true" if receipt else None}
            return Report.read(self._transport.send("/v1/verify", *_form(source, form)))
        members = {
            **_source(source),
            "recipient": None if recipient is None else {"email": recipient},
            "challenge": challenge,
            "domain": domain,
            "receipt": receipt or None,
        }
        body = json.dumps({name: value for name, value in members.items() if value is not None})
        return Report.read(self._transport.send("/v1/verify", body.encode(), JSON))

    def verify_batch(
        self,
        items: Iterable[str | Json],
        *,
        report: str = "summary",
        idempotency_key: str | None = None,
        job_timeout: float = 600.0,
    ) -> list[BatchResult]:
        """Verify many, and wait for up to ``job_timeout`` seconds if they become a job. The results are in order.

        An item is a link, a JWT or JSON as text, or ``{"ref": …, "url" or "credential": …}``. ``report`` is ``summary``
        or ``full``. With an ``idempotency_key`` (and an API key) the same call can be repeated safely after an error.
        Raises `ProblemError`, `ConnectionFailed`, `JobTimeout`.
        """
        sent = [_source(item) if isinstance(item, str) else item for item in items]
        headers = JSON if idempotency_key is None else {**JSON, "Idempotency-Key": idempotency_key}
        body = json.dumps({"items": sent, "report": report}).encode()
        answer = self._transport.send("/v1/verify/batch", body, headers)
        results = answer["results"] if "results" in answer else self._results(answer, job_timeout)
        return [BatchResult.read(each) for each in results]

    def _results(self, job: Json, seconds: float) -> Iterable[Json]:
        end = self._transport.monotonic() + seconds
        while job["state"] != "done":
            if self._transport.monotonic() >= end:
                raise JobTimeout(job["links"]["self"])
            self._transport.sleep(POLL_SECONDS)
            job = self._transport.send(f"/v1/verify/batch/{job['id']}")
        return self._transport.lines(job["links"]["results"])


def _source(source: str | Json) -> dict[str, Any]:
    """The member of an item or an envelope for ``source``."""
    is_link = isinstance(source, str) and source.strip().lower().startswith(("http://", "https://"))
    return {"url": str(source).strip()} if is_link else {"credential": source}


def _form(file: bytes, fields: Mapping[str, str | None]) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a form (RFC 7578)."""
    boundary = secrets.token_hex(16)
    start = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    texts = "".join(f'{start}{name}"\r\n\r\n{text}\r\n' for name, text in fields.items() if text is not None)
    head = f'{texts}{start}file"; filename="file"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = head.encode() + file + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
