"""Read and verify the credential that a widget shows, and record the impression."""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Request

from chalicelib.analytics.event import Kind, Visit, Widget
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.embed.badge_view import BadgeView
from chalicelib.errors import NotFound
from chalicelib.http.core import log
from chalicelib.http.core.ports import Services
from chalicelib.http.embed.badge_of import badge_of
from chalicelib.http.input import request_context
from chalicelib.language.languages import DEFAULT, known
from chalicelib.language.translation import Translation, translation
from chalicelib.reports.hosted import HostedReport

MISSING = (
    "There is no credential with this id. An id is the 26 characters after /c/ in the link of a credential's page."
)


def opened(services: Services, request: Request, credential_id: str, widget: Widget) -> HostedReport:
    """Open the credential for ``widget``. Costs as much as a view of its page. Raises `NotFound`, `Unavailable`."""
    visit = request_context.visit_from_request(request, Kind.IMPRESSION)
    if visit is not None:
        # The element names its website, because some websites tell browsers to send no referrer.
        host = request_context.host(parameter(request, "host") or "")
        visit = replace(visit, widget=widget, referrer=host or visit.referrer)
    if visit is not None and request_context.is_preview(visit, services.settings.base_url):
        visit = None
    if visit is not None and not services.event_budget.admits(visit.kind, visit.address):
        visit = None  # the visitor states the website, so impressions are limited like other reports
    return _open(services, credential_id, visit, Kind.IMPRESSION)


def downloaded(services: Services, request: Request, credential_id: str) -> HostedReport:
    """Open the credential for a download. Raises `NotFound`, `Unavailable`."""
    return _open(services, credential_id, request_context.visit_from_request(request, Kind.DOWNLOAD), Kind.DOWNLOAD)


def _open(services: Services, credential_id: str, visit: Visit | None, kind: Kind) -> HostedReport:
    found = services.hosted_reports.open(checked(credential_id), visit)
    if visit is not None:
        log.answered(kind, found.report.verdict)
    return found


def checked(credential_id: str) -> str:
    """Return ``credential_id`` if it is well-formed. Raises `NotFound`, as for an unknown credential."""
    if not PUBLIC_ID.fullmatch(credential_id):
        raise NotFound("no such credential")
    return credential_id


def badge(services: Services, request: Request, credential_id: str, widget: Widget) -> BadgeView:
    """Open the credential and build its view."""
    return badge_of(opened(services, request, credential_id, widget), services.settings.base_url)


def image_language(request: Request) -> Translation:
    """Return the language of `lang`, otherwise English, because images are often loaded by a proxy and not by the
    reader."""
    return translation(known(parameter(request, "lang")) or DEFAULT)


def parameter(request: Request, name: str) -> str | None:
    """Return the first value of a query parameter.

    Unknown parameters are ignored: websites and programs add their own to the address of an image or a frame.
    """
    values = request.query_params.getlist(name) if request.query_params and name in request.query_params else []
    return values[0] if values else None
