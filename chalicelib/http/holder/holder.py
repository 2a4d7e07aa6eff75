"""Holder home page, opened by a secret link in an email, and unsubscribing from an issuer's emails.

The link is the only credential: there is no account and no cookie. So the page sends no referrer, is never cached, and
loads nothing from other hosts. Opening it changes nothing; every change is a form. What a link opens is decided in
`delivery/holder/access.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from chalice.app import Request

from chalicelib.access.rate_limits import TooMany
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery.emails.parts import neutral
from chalicelib.delivery.emails.parts.text import line
from chalicelib.delivery.holder import access as holder_access
from chalicelib.delivery.holder import actions as holder_actions
from chalicelib.delivery.holder import link_requests, view_counts
from chalicelib.delivery.holder.access import LinkExpired
from chalicelib.delivery.holder.home import PageQuery
from chalicelib.delivery.holder.sharing import MAX_NAME, ORIGINS, SharePlatform
from chalicelib.directory.profiles import own_profile
from chalicelib.erasure import requests
from chalicelib.erasure.erasure import Erasure, State
from chalicelib.errors import NotFound, Refused
from chalicelib.http.core.access import BY_SECRET
from chalicelib.http.core.file_name import attachment
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import READ, Routes
from chalicelib.http.holder import zone_field
from chalicelib.http.holder.erasure import cancel, erasure_page
from chalicelib.http.holder.holder_view import page_of
from chalicelib.http.holder.private_page import MISSING, download, expired_link_page, page, redirect
from chalicelib.http.html import request_language
from chalicelib.http.input import body, form, request_context
from chalicelib.language.languages import LANGUAGES
from chalicelib.language.translation import translation

_ISSUER = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
SAVED = "saved"
"""Query parameter of the page right after a change was saved: `zone` for the timezone, `lang` for the language of
emails, `emails` for the choice of emails, or the id of the credential whose view counts are now shown or hidden."""


def routes(services: Services) -> Routes:
    """Create the routes `/my/{token}` and `/mail/unsubscribe/{token}`."""
    bound = Routes(__name__, services)

    @bound.bind("/my/{token}", access=BY_SECRET, missing=MISSING)
    def show(request: Request, secret: str) -> Reply:
        try:
            query: Mapping[str, str] = request.query_params or {}
            return _render_home(services, request, secret, saved=query.get(SAVED, ""))
        except LinkExpired as error:
            return expired_link_page(services, secret, error)

    @bound.bind("/my/{token}", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def perform(request: Request, secret: str) -> Reply:
        try:
            holder_access.require_link(services.delivery_context, secret)
            fields = _fields(request)
            if fields.get("do") == "find_zone":
                return _render_home(services, request, secret, city=fields.get("city", "").strip())
            return _perform(services, request, secret, fields)
        except LinkExpired as error:
            return expired_link_page(services, secret, error)

    @bound.bind("/mail/unsubscribe/{token}", access=BY_SECRET, missing=MISSING)
    def ask(_request: Request, secret: str) -> Reply:
        issuer = holder_actions.unsubscribe_issuer(services.delivery_context, secret)
        done = holder_actions.is_unsubscribed(services.delivery_context, secret)
        template = "unsubscribed.html" if done else "unsubscribe.html"
        return page(services, template, 200, issuer=_named(services, issuer), token=secret)

    @bound.bind("/mail/unsubscribe/{token}", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def stop(request: Request, secret: str) -> Reply:
        holder_actions.unsubscribe_issuer(services.delivery_context, secret)
        # Unsubscribe whatever the body is, except for the page's own button to subscribe again: email clients send this
        # request themselves (RFC 8058), and people use the form on the page.
        if _is_undo(request):
            return _send_link(services, secret, "subscribe")
        issuer = holder_actions.unsubscribe(services.delivery_context, secret)
        return page(services, "unsubscribed.html", 200, issuer=_named(services, issuer), token=secret)

    return bound


def _render_home(
    services: Services, request: Request, secret: str, *, saved: str = "", bad_zone: bool = False, city: str = ""
) -> Reply:
    """Render the holder's page. ``bad_zone`` reports an unknown timezone; ``city`` searches for timezones."""
    person = request_context.by_person(request)
    home = holder_actions.view(services.delivery_context, secret, page_query(request), person=person)
    error, chosen = zone_field.UNKNOWN if bad_zone else "", home.mailbox.zone
    zones = zone_field.search(chosen, city) if city else zone_field.zone_field(chosen, error=error)
    content = {"token": secret, "zones": zones, "saved": saved, "languages": LANGUAGES, "erasure": None}
    content |= _of_everything(services, secret, home.email) if home.opens_all_issuers else {}
    now, wallets = services.delivery_context.now(), tuple(services.settings.wallets)
    with request_language.prefer_language(home.mailbox.lang):
        content["page"] = page_of(home, services.settings.base_url, now, wallets)
        return page(services, "my_credentials.html", 422 if bad_zone else 200, leads=ORIGINS, **content)


def _of_everything(services: Services, secret: str, email: str) -> dict[str, object]:
    """What only a link to everything shows: whether the profile is published, and whether all data will be deleted."""
    own = own_profile.view(services.profile_context, secret)
    erasure = requests.of_holder(services.erasure_context, email)
    return {
        "is_published": own.is_on(services.delivery_context.now()),
        "was_published": bool(own.entries),
        "erasure": erasure,
        "can_cancel": _is_waiting(erasure),
        "waiting_days": services.erasure_context.cooling_off.days,
    }


def _is_waiting(erasure: Erasure | None) -> bool:
    return erasure is not None and erasure.state is State.WAITING


def _perform(services: Services, request: Request, secret: str, fields: dict[str, str]) -> Reply:
    delivery_context, saved, anchor = services.delivery_context, "emails", "settings"
    keeps_language = True  # otherwise the page is in the language just chosen
    match fields.get("do"):
        case "share":
            target = _target(fields.get("target", ""))
            credential_id, language = fields.get("credential", ""), translation(request_language.current().code)
            return redirect(holder_actions.share(delivery_context, secret, credential_id, target, language))
        case "download":
            found = holder_actions.download(delivery_context, secret, fields.get("credential", ""))
            title, otherwise = found.shared.name, f"credential-{found.record.id}"
            return download(found.record.document, "application/vc", attachment(title, otherwise, "json"))
        case "zone":
            zone = fields.get("zone", "").strip()
            try:
                holder_actions.choose_zone(delivery_context, secret, zone)
            except Refused:
                return _render_home(services, request, secret, bad_zone=True)
            saved, anchor = "zone", "timezone"
        case "lang":
            lang = fields.get("lang", "")
            holder_actions.choose_language(delivery_context, secret, lang)
            saved, anchor = "lang", "language"
            keeps_language = not lang
        case "show_view_counts" | "hide_view_counts" as wanted:
            credential_id = fields.get("credential", "")
            change = view_counts.show if wanted == "show_view_counts" else view_counts.hide
            change(delivery_context, services.issuer_context.issuer_store, secret, credential_id)
            saved, anchor = credential_id, f"view-counts-{credential_id}"
        case "mail":
            holder_actions.choose_emails(delivery_context, secret, fields.get("issuer", ""), fields.get("wanted", ""))
        case "all" | "link" as wanted:
            return _send_link(services, secret, wanted)
        case "forget" | "erase" | "keep" as wanted if wanted == "keep" or fields.get("sure") == "yes":
            return _delete(services, secret, wanted)
        case _:
            raise Problem("invalid_request", "Unknown action.")
    url = f"{services.settings.base_url}/my/{secret}?{SAVED}={saved}"
    return redirect(f"{request_language.with_language(url) if keeps_language else url}#{anchor}")


def _delete(services: Services, secret: str, wanted: str) -> Reply:
    own_page = f"{services.settings.base_url}/my/{secret}"
    if wanted == "keep":
        return cancel(services, requests.by_holder(services.erasure_context, secret), own_page=own_page)
    if wanted == "erase":
        erasure = requests.request_as_holder(services.erasure_context, secret, request_language.current().code)
        return erasure_page(services, erasure, own_page=own_page)
    pending = requests.by_holder(services.erasure_context, secret)
    view_counts.hide_all(services.delivery_context, services.issuer_context.issuer_store, secret)
    own_profile.forget(services.profile_context, secret, partial(requests.can_cancel, services.erasure_context))
    return page(services, "data_deleted.html", 200, erasure=pending, can_cancel=_is_waiting(pending))


def page_query(request: Request) -> PageQuery:
    """Read which page is requested; a form shows the first one again."""
    return page_named((request.query_params or {}) if request.method in READ else {})


def page_named(query: Mapping[str, str]) -> PageQuery:
    """Read which page ``query`` names. Raises `NotFound`."""
    issuers = [query.get("issuer"), query.get("after")]
    if not all(each is None or _ISSUER.fullmatch(each) for each in issuers):
        raise NotFound("no such issuer")
    return PageQuery(issuers[0], query.get("before"), issuers[1])


def _send_link(services: Services, secret: str, wanted: str) -> Reply:
    address = None if wanted == "subscribe" else _address(services, secret)
    content = {"address": address, "token": secret, "wanted": wanted}
    status, detail, ends_earlier = 200, None, False
    language = request_language.current().code
    try:
        match wanted:
            case "link":
                ends_earlier = link_requests.replace_links(services.delivery_context, secret, language)
            case "all":
                link_requests.send_link_to_all(services.delivery_context, secret, language)
            case _:
                link_requests.send_link_to_subscribe(services.delivery_context, secret, language)
    except (Refused, TooMany) as error:
        status, detail = 429 if isinstance(error, TooMany) else 422, error.detail
    return page(services, "link.html", status, leads=(), error=detail, ends_earlier=ends_earlier, **content)


def _address(services: Services, secret: str) -> str | None:
    """The holder's address while the link works. An expired link does not reveal it."""
    try:
        return holder_access.enter(services.delivery_context, secret).email
    except LinkExpired:
        return None


def _named(services: Services, issuer: Issuer) -> str:
    """How a sentence names an issuer: its name comes from the record, so an unconfirmed one is marked."""
    if issuer.identified(services.delivery_context.now()):
        return line(issuer.name, MAX_NAME)
    return neutral.claimed_within(issuer)


def _is_undo(request: Request) -> bool:
    try:
        return _fields(request).get("do") == "undo"
    except Problem:
        return False  # not a form, so not ours


def _fields(request: Request) -> dict[str, str]:
    return form.as_text(form.sent(request, body.MAX_ADDRESS_FORM).fields)


def _target(name: str) -> SharePlatform:
    try:
        return SharePlatform(name)
    except ValueError as error:
        raise NotFound("Unknown destination.") from error
