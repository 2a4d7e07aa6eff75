"""Events reported by widgets and pages: `POST /v1/events`.

A browser sends it without waiting for the response (`navigator.sendBeacon`), from any website and without a preflight,
so it is a form. Nothing proves that a report is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalice.app import Request

from chalicelib.analytics.channel import Channel, channel_of
from chalicelib.analytics.event import Kind, Visit, Widget
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed import opening
from chalicelib.http.input import form, request_context
from chalicelib.http.input.body import field_error
from chalicelib.settings import Function

MAX_BYTES = 1024
"""Limit of the body: the longest report has the longest host name (253 characters) and is half of it."""
_MEMBERS = {Kind.CLICK: {"kind", "credential", "widget", "host"}, Kind.SHARED: {"kind", "credential", "channel"}}
"""The fields of each kind. Everything else that is counted is a request that the public function answers itself."""
CLICKABLE = (Widget.SCRIPT, Widget.FRAME)
"""Widgets that can report. A click on an image is only a view of the credential's page."""


def routes(services: Services) -> Routes:
    """Create the route `/v1/events`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/v1/events", access=PUBLIC, methods=("POST",), missing=opening.MISSING)
    def report(request: Request) -> Reply:
        credential_id, visit = _read(request)
        if services.event_budget.admits(visit.kind, visit.address):
            services.hosted_reports.record_reported(credential_id, visit)
        # The response is the same for reports that are not stored, because the sender could do nothing about it.
        return Reply("", "text/plain", 202, uncached())

    return bound


def _read(request: Request) -> tuple[str, Visit]:
    """Return the id of the credential, and the visit. Raises `Problem`."""
    fields = form.as_text(form.sent(request, MAX_BYTES).fields)
    kind = next((kind for kind in _MEMBERS if kind == fields.get("kind")), None)
    if kind is None:
        raise field_error("/kind", f"This must be one of: {', '.join(_MEMBERS)}.")
    if unknown := sorted(fields.keys() - _MEMBERS[kind]):
        raise field_error(f"/{unknown[0][:100]}", f"Unknown field. Known fields: {', '.join(sorted(_MEMBERS[kind]))}.")
    credential_id = fields.get("credential", "")
    if not PUBLIC_ID.fullmatch(credential_id):
        raise field_error("/credential", "This must be the id of a credential.")
    visit = request_context.create(request, kind)
    if kind is Kind.SHARED:
        return credential_id, replace(visit, target=_channel(fields))
    host = request_context.host(fields.get("host", ""))
    return credential_id, replace(visit, widget=_widget(fields), referrer=host or visit.referrer)


def _widget(fields: Mapping[str, str]) -> Widget:
    found = next((widget for widget in CLICKABLE if widget == fields.get("widget")), None)
    if found is None:
        raise field_error("/widget", f"This must be one of: {', '.join(CLICKABLE)}.")
    return found


def _channel(fields: Mapping[str, str]) -> Channel:
    found = channel_of(fields.get("channel"))
    if found is None:
        raise field_error("/channel", f"This must be one of: {', '.join(Channel)}.")
    return found
