"""The request of a batch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from chalice.app import Request

from chalicelib import json_pointer
from chalicelib.credential import json_errors, json_text
from chalicelib.errors import Malformed
from chalicelib.http.core.problem import Problem
from chalicelib.http.input import body, negotiation
from chalicelib.verifiers.batch import items, jobs
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.batch.job import Detail

MAX_BODY = 4_000_000
"""Bytes. API Gateway passes them to Lambda in base64, with a limit of 6 MB in total."""


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A batch as it was sent: the ``texts`` of its items, and what was read of them."""

    content: bytes
    texts: list[str]
    items: list[Item]
    detail: Detail


class _Sent(NamedTuple):
    """An item and its text."""

    item: Item
    text: str


def read(request: Request) -> BatchRequest:
    """Read a batch of up to `jobs.MAX_ITEMS`. What is wrong with one item is that item's problem.

    Raises `Problem` (`too_large`, `unsupported_media_type`, `invalid_request`) and `Malformed` (`not_utf8`,
    `not_json`, `not_an_object`, `duplicate_name`, `too_deep`) for what is around the items.
    """
    content = body.content(request, MAX_BODY)
    if body.media_type(request) != negotiation.JSON:
        raise body.unsupported(content, "Send application/json.")
    return parse(content)


def parse(content: bytes) -> BatchRequest:
    """Parse the body of a batch. Raises as `read`."""
    members = dict(_members(_decoded(content)))
    sent = members.get("items")
    if not isinstance(sent, list) or not sent:
        raise _wrong_number()
    return BatchRequest(content, [each.text for each in sent], [each.item for each in sent], _detail(members))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("This is not valid UTF-8.", code="not_utf8") from error


def _members(text: str) -> list[tuple[str, object]]:
    start = json_text.skip(text, 0)
    try:
        if text[start : start + 1] != "{":
            json_text.value(text, start)
            raise Malformed("This is JSON, but not an object.", code="not_an_object")
        found, end = json_text.members(text, start, _reader)
        if json_text.skip(text, end) != len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except RecursionError as error:
        raise Malformed("The JSON is nested too deeply.", code="too_deep") from error
    except ValueError as error:
        reason = json_errors.reason(error, text)
        raise Malformed(f"This is not valid JSON, because {reason}.", code="not_json") from error
    if len({name for name, _ in found}) != len(found):
        raise Malformed("A name appears twice in the request.", code="duplicate_name")
    return found


def _reader(name: str) -> json_text.Read[object]:
    """How the member ``name`` of the request is read."""
    if name == "items":
        return _items
    if name == "report":
        return json_text.value
    shown = name[: body.MAX_NAME].encode("utf-8", "replace").decode()
    raise body.field_error(json_pointer.member(shown), "Unknown field.")


def _items(text: str, at: int) -> tuple[object, int]:
    if text[at : at + 1] != "[":
        raise _wrong_number()
    count = 0

    def item(text: str, at: int) -> tuple[_Sent, int]:
        nonlocal count
        count += 1
        if count > jobs.MAX_ITEMS:
            raise _wrong_number()
        found, end = items.read(text, at)
        return _Sent(found, text[at:end]), end

    return json_text.elements(text, at, item)


def _wrong_number() -> Problem:
    return body.field_error("/items", f"Send a list of 1 to {jobs.MAX_ITEMS:,} items.")


def _detail(members: dict[str, object]) -> Detail:
    try:
        return Detail(str(members.get("report", Detail.SUMMARY)))
    except ValueError as error:
        raise body.field_error("/report", f"This must be one of {', '.join(Detail)}.") from error
