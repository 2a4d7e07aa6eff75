"""Export of all of an issuer's data."""

from __future__ import annotations

import json

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award import export
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import query

NDJSON = "application/x-ndjson"


def routes(services: Services) -> Routes:
    """Create the route `/v1/export`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/export", access=token(Permission.EXPORT))
    def pages(request: Request, caller: Caller) -> Reply:
        cursor = query.only(request, "cursor").get("cursor")
        page = export.limited_page(services.issuer_context, services.exporters, caller.issuer_id, cursor)
        last: dict[str, object] = {"type": "end"} if page.next is None else {"type": "next", "cursor": page.next}
        content = page.content + json.dumps(last, separators=(",", ":")).encode() + b"\n"
        following = f'<{bound.base_url}/v1/export?cursor={page.next}>; rel="next"'
        # Send bytes: in text, every escaped quotation mark would use two bytes of the Lambda payload limit.
        return Reply(content, NDJSON, headers={} if page.next is None else {"Link": following})

    return bound
