"""The client."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from laurel_client.errors import ConnectionFailed, JobTimeout
from laurel_client.models import Json, Receipt, Report, Result
from laurel_client.transport import Transport, require_https

POLL_SECONDS = 2.0
JSON = {"Content-Type": "application/json"}

Source = str | bytes | Json
"""A link, a JWT or JSON as text; a file (JSON, a JWT, a PNG, an SVG or a PDF) as bytes; or a mapping."""
_Model = TypeVar("_Model")


class Laurel:
    """A client for Laurel at ``base_url``. A verifier's ``api_key`` raises its limits (docs/platform.md).

    When Laurel asks it to wait (429, 503), each request waits for up to ``max_wait`` seconds in total. ``timeout`` is
    the maximum time for one response, in seconds. ``base_url`` must be https, or http on localhost.
    """

    def __init__(
        self, base_url: str, api_key: str | None = None, *, timeout: float = 30.0, max_wait: float = 60.0
    ) -> None:
        require_https(base_url)
        # Keys are read from files with a line break at the end, and the standard library's error would repeat the key.
        self._transport = Transport(base_url.rstrip("/"), api_key and "".join(api_key.split()), timeout, max_wait)

    def verify(self, source: Source, *, recipient: str | None = None, receipt: bool = False) -> Report:
        """Verify a credential. A forgery also gets a report, not an error.

        ``recipient`` is the email address that it should have been issued to; ``receipt`` requests a signed receipt.
        Send a presentation as ``{"credential": …, "challenge": …, "domain": …}``, with what its holder was asked to
        sign. Raises `ProblemError`, `ConnectionFailed`.
        """
        if isinstance(source, bytes):
            # Laurel ignores an empty form field, which would skip the check.
            fields = {"recipient": " " if recipient == "" else recipient, "receipt": "true" if receipt else None}
            return _read(Report.read, self._transport.send("/v1/verify", *_form(source, fields)))
        members = {"recipient": {"email": recipient} if recipient is not None else None, "receipt": receipt or None}
        sent = {**_item(source), **{name: value for name, value in members.items() if value is not None}}
        return _read(Report.read, self._transport.send("/v1/verify", json.dumps(sent).encode(), JSON))

    def verify_batch(
        self,
        items: Iterable[str | Json],
        *,
        report: str = "summary",
        idempotency_key: str | None = None,
        timeout: float = 600.0,
    ) -> Iterator[Result]:
        """Verify a batch, wait for up to ``timeout`` seconds if it becomes a job, and yield the results in order.

        An item is a link, a JWT or JSON as text, a credential as a mapping, or ``{"ref": …, "url" or "credential": …}``
        with your own reference, which defaults to its position. ``report`` is ``summary`` or ``full``. With an
        ``idempotency_key`` (and an API key), it is safe to retry the call after an error.
        Raises `ProblemError`, `ConnectionFailed`, `JobTimeout`.
        """
        sent = [{"ref": str(number), **_item(item)} for number, item in enumerate(items)]
        headers = JSON if idempotency_key is None else {**JSON, "Idempotency-Key": idempotency_key}
        body = json.dumps({"items": sent, "report": report}).encode()
        answer = self._transport.send("/v1/verify/batch", body, headers)
        results = answer["results"] if "results" in answer else self._job_results(answer, timeout)
        return _complete(results, len(sent))

    def receipt(self, receipt_id: str) -> Receipt:
        """Return the receipt with ``receipt_id``, including its salt. Raises `ProblemError`, `ConnectionFailed`."""
        return _read(Receipt.read, self._transport.send(f"/r/{quote(receipt_id, safe='')}.json"))

    def receipt_keys(self) -> Json:
        """Return the public keys that verify receipts, as a JWK set. Store it with the receipts."""
        return self._transport.send("/.well-known/jwks.json")

    def _job_results(self, job: Json, seconds: float) -> Iterable[Json]:
        end = self._transport.monotonic() + seconds
        path = "/v1/verify/batch/" + quote(_read(lambda found: str(found["id"]), job), safe="")
        while (results := job.get("links", {}).get("results")) is None:
            if self._transport.monotonic() >= end:
                raise JobTimeout(self._transport.base_url + path)
            self._transport.sleep(POLL_SECONDS)
            job = self._transport.send(path)
        return self._transport.lines(results)


def _complete(results: Iterable[Json], count: int) -> Iterator[Result]:
    """Yield ``results``. Raises `ConnectionFailed` if some are missing."""
    found = 0
    for found, each in enumerate(results, 1):  # noqa: B007 - the count is used after the loop
        yield _read(Result.read, each)
    if found != count:
        raise ConnectionFailed(f"Received {found} results instead of {count}.")


def _read(reader: Callable[[Json], _Model], found: Json) -> _Model:
    try:
        return reader(found)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ConnectionFailed(f"The response does not have the expected format: {error!r}") from error


def _item(source: str | Json) -> dict[str, Any]:
    """The members of an item of a batch, or of the envelope of a single request."""
    if isinstance(source, str):
        is_link = source.strip().lower().startswith(("http://", "https://"))
        return {"url": source.strip()} if is_link else {"credential": source}
    is_envelope = "@context" not in source and ("url" in source or "credential" in source)
    return dict(source) if is_envelope else {"credential": source}


def _form(file: bytes, fields: Mapping[str, str | None]) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a form (RFC 7578)."""
    boundary = secrets.token_hex(16)
    start = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    texts = "".join(f'{start}{name}"\r\n\r\n{text}\r\n' for name, text in fields.items() if text is not None)
    head = f'{texts}{start}file"; filename="file"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = head.encode() + file + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
