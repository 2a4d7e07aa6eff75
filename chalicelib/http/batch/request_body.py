"""The request of a batch."""

from __future__ import annotations

from dataclasses import dataclass

from chalice.app import Request

from chalicelib import json_pointer
from chalicelib.credential import strict_json
from chalicelib.http.input import body, negotiation
from chalicelib.verifiers.batch import items, jobs
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.batch.job import Detail

MAX_BODY = 4_000_000
"""Bytes. API Gateway passes them to Lambda in base64, with a limit of 6 MB in total."""
_LIMITS = strict_json.Limits(size=MAX_BODY, depth=strict_json.DEFAULT.depth + 3, members=500_000)
"""Limits of the whole request. Each credential in it has its own limits too; one of 2 KB has about 60 members."""


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A batch as it was sent: the ``values`` of its items, and what was read of them."""

    content: bytes
    values: list[object]
    items: list[Item]
    detail: Detail


def read(request: Request) -> BatchRequest:
    """Read a batch of up to `jobs.MAX_ITEMS`. What is wrong with one item is that item's problem.

    Raises `Problem` (`too_large`, `unsupported_media_type`, `invalid_request`), and what `strict_json.parse` raises.
    """
    content = body.content(request, MAX_BODY)
    if body.media_type(request) != negotiation.JSON:
        raise body.unsupported(content, "Send application/json.")
    members = strict_json.parse(content, _LIMITS)
    for name in members.keys() - {"items", "report"}:
        raise body.field_error(json_pointer.member(name), "Unknown field.")
    values = members.get("items")
    if not isinstance(values, list) or not 1 <= len(values) <= jobs.MAX_ITEMS:
        raise body.field_error("/items", f"Send a list of 1 to {jobs.MAX_ITEMS:,} items.")
    return BatchRequest(content, values, [items.read(value) for value in values], _detail(members))


def _detail(members: dict[str, object]) -> Detail:
    try:
        return Detail(str(members.get("report", Detail.SUMMARY)))
    except ValueError as error:
        raise body.field_error("/report", f"This must be one of {', '.join(Detail)}.") from error
