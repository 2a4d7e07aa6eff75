"""Hosted credentials, as a page and in machine-readable formats."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.catalogue.related import Recommendation
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import NotFound, Unavailable
from chalicelib.http.core import hosts, log
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, form, negotiation, request_context
from chalicelib.http.public.credential import credential_json, credential_page, credential_view, recipient_form
from chalicelib.http.public.credential.credential_view import Onward
from chalicelib.http.public.credential.recipient_form import NO_RECIPIENT, RecipientForm
from chalicelib.reports.hosted import HostedReport
from chalicelib.settings import Function
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions

MISSING = (
    "Check that you copied the whole link: the part after /c/ is 26 characters long. "
    "If it was, ask the person who gave it to you for a new one."
)
NO_SUCH_ID = (
    "There is no credential with this id. An id is the 26 characters after /c/ in the link of a credential's page."
)
"""The same for API clients, who send an id instead of a link."""


_FORMS = {
    negotiation.JSON: Kind.VERIFICATION,
    negotiation.HTML: Kind.VIEW,
    negotiation.VC: Kind.DOWNLOAD,
    negotiation.LD_JSON: Kind.DOWNLOAD,
    negotiation.VC_JWT: Kind.DOWNLOAD,
}
"""Formats of `/c/{id}` and the event kind of each; the first is the default for API clients."""


def routes(services: Services) -> Routes:
    """Create the routes `/c/{id}` and `/v1/credentials/{id}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/c/{id}", access=PUBLIC, missing=MISSING)
    def credential(request: Request, credential_id: str) -> Reply:
        media_type = _choose(request, credential_id, services)
        opened = _open(services, request, credential_id, _FORMS[media_type])
        if (host := hosts.other_host(request, bound.base_url)) and not _is_host_of(host, opened):
            return hosts.to(credential_view.hosted_view(opened, bound.base_url).canonical_url)
        return _in_form(services, request, media_type, opened)

    @bound.bind("/c/{id}", access=PUBLIC, methods=("POST",), missing=MISSING)
    def credential_for_recipient(request: Request, credential_id: str) -> Reply:
        return _page_for_recipient(services, request, _checked(credential_id), _entered(request))

    @bound.bind("/v1/credentials/{id}", access=PUBLIC, missing=NO_SUCH_ID)
    def summary(request: Request, credential_id: str) -> Reply:
        opened = _open(services, request, credential_id, Kind.VERIFICATION)
        hosted = credential_view.hosted_view(opened, bound.base_url)
        recorded = credential_view.recorded(opened.record, bound.base_url)
        return as_json(credential_json.summary(opened.report, hosted, recorded), headers=uncached())

    @bound.bind("/v1/credentials/{id}/report", access=PUBLIC, missing=NO_SUCH_ID)
    def report(request: Request, credential_id: str) -> Reply:
        return _report(_open(services, request, credential_id, Kind.VERIFICATION), bound.base_url)

    @bound.bind("/v1/credentials/{id}/report", access=PUBLIC, methods=("POST",), missing=NO_SUCH_ID)
    def report_for_recipient(request: Request, credential_id: str) -> Reply:
        # The email address is in the body to keep it out of URLs and logs.
        _checked(credential_id)
        members = body.json_object(request)
        wanted = body.wants_receipt(members)
        email = body.recipient_email(members) if "recipient" in members or not wanted else None
        options = VerificationOptions(email=email)
        opened = _open(services, request, credential_id, Kind.VERIFICATION, options)
        return _report_with_receipt(services, request, opened, options) if wanted else _report(opened, bound.base_url)

    for path in ("/c/{id}", "/v1/credentials/{id}", "/v1/credentials/{id}/report"):
        bound.preflight(path)
    return bound


def _is_host_of(host: str, opened: HostedReport) -> bool:
    return opened.issuer is not None and opened.issuer.page_host == host


def _choose(request: Request, credential_id: str, services: Services) -> str:
    """Choose the best format that this credential is available in. Raises `Problem` with `not_acceptable`."""
    forms = tuple(_FORMS)
    wanted = negotiation.ranked(request.headers.get("accept"), forms)
    if wanted[:1] == [negotiation.VC_JWT] and services.public_store.record(_checked(credential_id)).jwt is None:
        # One more read, for this rare format only: do not count a download that is not available.
        wanted.remove(negotiation.VC_JWT)
        forms = tuple(form for form in forms if form != negotiation.VC_JWT)
    if not wanted:
        raise Problem("not_acceptable", f"Accept one of: {', '.join(forms)}.", more={"available": list(forms)})
    return wanted[0]


def _entered(request: Request) -> RecipientForm:
    """Read the email address in the form of the page. It is in the body to keep it out of URLs and logs."""
    return recipient_form.entered(form.sent(request, body.MAX_ADDRESS_FORM).fields.get("email", b""))


def _page_for_recipient(services: Services, request: Request, credential_id: str, entered: RecipientForm) -> Reply:
    # No visit: the page was counted when it was opened, and another person's address says nothing about the credential.
    opened = services.hosted_reports.open(credential_id, None, entered.options)
    return _page(services, request, opened, uncached(), entered)


def _page(
    services: Services,
    request: Request,
    opened: HostedReport,
    headers: Mapping[str, str],
    entered: RecipientForm = NO_RECIPIENT,
) -> Reply:
    newest = services.hosted_reports.newest_version(opened.record)
    base_url, onward = services.settings.base_url, _onward(services, request, opened)
    view = credential_view.of_hosted(opened, base_url, newest, onward)
    return credential_page.show(view, base_url, headers, entered, tuple(services.settings.wallets))


def _onward(services: Services, request: Request, opened: HostedReport) -> Onward | None:
    """The next steps that the page offers, with at most one read."""
    record, issuer, entry = opened.record, opened.issuer, opened.catalogue_entry
    if not opened.is_genuine or issuer is None:
        return None
    channel = request_context.channel(request)
    token = services.catalogue.enrolment(issuer, entry, opened.salt, record.id, channel)
    found: tuple[Recommendation, ...] = ()
    # The page shows the pathways themselves, so only the issuer's choice is worth a read beside them.
    if entry is not None and (entry.related or not opened.next_pathways):
        with suppress(Unavailable):
            found = services.catalogue.recommended(entry, ())
    return Onward(record.achievement_id, token, found)


def _open(
    services: Services, request: Request, credential_id: str, kind: Kind, options: VerificationOptions | None = None
) -> HostedReport:
    visited = request_context.visit_from_request(request, kind)
    opened = services.hosted_reports.open(_checked(credential_id), visited, options or DEFAULT_OPTIONS)
    if visited is not None:
        log.answered(kind, opened.report.verdict)
    return opened


def _checked(credential_id: str) -> str:
    """Return ``credential_id`` if it is well-formed; otherwise respond as for an unknown credential."""
    if not PUBLIC_ID.fullmatch(credential_id):
        raise NotFound("no such credential")
    return credential_id


def _report(opened: HostedReport, base_url: str) -> Reply:
    return as_json(credential_json.report(credential_view.of_hosted(opened, base_url)), headers=uncached())


def _report_with_receipt(
    services: Services, request: Request, opened: HostedReport, options: VerificationOptions
) -> Reply:
    from chalicelib.http.public.receipts import new_receipt, receipt_json  # most reports have none

    base_url = services.settings.base_url
    visit = request_context.create(request, Kind.VERIFICATION)
    written = credential_json.report(credential_view.of_hosted(opened, base_url))
    written["receipt"] = receipt_json.link(new_receipt.of_hosted(services, opened, options, visit), base_url)
    return as_json(written, headers=uncached())


def _in_form(services: Services, request: Request, media_type: str, opened: HostedReport) -> Reply:
    headers = uncached(Vary="Accept")
    match media_type:
        case negotiation.HTML:
            return _page(services, request, opened, headers)
        case negotiation.JSON:
            view = credential_view.of_hosted(opened, services.settings.base_url)
            return as_json(credential_json.report(view), headers=headers)
        case negotiation.VC_JWT:
            return Reply(opened.record.jwt or "", media_type, headers=headers)
        case _:
            # Send bytes, so that they arrive exactly as they were signed.
            return Reply(opened.record.document, media_type, headers=headers)
