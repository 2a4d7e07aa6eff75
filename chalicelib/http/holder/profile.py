"""The page on which a holder edits their profile, `/my/{token}/profile`, and their data, `/my/{token}/data`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from chalice.app import Request

from chalicelib.delivery.holder import access as holder_access
from chalicelib.delivery.holder import home as holder_home
from chalicelib.delivery.holder.access import LinkExpired
from chalicelib.directory.profiles import own_data, own_profile
from chalicelib.directory.profiles.own_profile import OwnProfile
from chalicelib.directory.profiles.profile import BadDetails
from chalicelib.errors import Refused
from chalicelib.http.core.access import BY_SECRET
from chalicelib.http.core.file_name import attachment
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.holder import holder, holder_view, profile_form, profile_view
from chalicelib.http.holder.private_page import MISSING, download, expired_link_page, page, redirect
from chalicelib.http.holder.profile_form import ProfileForm
from chalicelib.http.html import request_language
from chalicelib.http.input import body, form

THEN = "then"
"""Field with the query of another page of credentials, which a button saves the form to open."""


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services)

    @bound.bind("/my/{token}/profile", access=BY_SECRET, missing=MISSING)
    def show(request: Request, secret: str) -> Reply:
        try:
            own = own_profile.view(services.profile_context, secret)
            return _render(services, request, secret, own)
        except LinkExpired as error:
            return expired_link_page(services, secret, error)

    @bound.bind("/my/{token}/profile", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def perform(request: Request, secret: str) -> Reply:
        try:
            holder_access.require_link(services.delivery_context, secret)
            own = own_profile.view(services.profile_context, secret)
            fields = form.as_text(form.sent(request, body.MAX_FIELDS).fields)
            return _perform(services, request, secret, own, fields)
        except LinkExpired as error:
            return expired_link_page(services, secret, error)

    @bound.bind("/my/{token}/data", access=BY_SECRET, missing=MISSING)
    def data(_request: Request, secret: str) -> Reply:
        try:
            context = own_data.OwnDataContext(
                services.profile_context,
                services.saved_context.store,
                services.contact_context.store,
                services.access_context.session_store,
                services.outcome_context.store,
            )
            found = own_data.export(context, secret)
        except LinkExpired as error:
            return expired_link_page(services, secret, error)
        content = json.dumps(found, ensure_ascii=False, indent=2).encode()
        return download(content, "application/json", attachment("laurel-data", "", "json"))

    return bound


def _perform(services: Services, request: Request, secret: str, own: OwnProfile, fields: Mapping[str, str]) -> Reply:
    place, wanted = "profile", holder.page_named(request.query_params or {})
    match fields.get("do"):
        case "save":
            entered = profile_form.entered(fields)
            errors = _save(services, secret, own, entered)
            if errors:
                return _render(services, request, secret, own, entered, errors)
            if THEN in fields:
                wanted = holder.page_named(dict(parse_qsl(fields[THEN])))
        case "withdraw":
            own_profile.withdraw(services.profile_context, secret)
            place = "withdrawn"
        case _:
            raise Problem("invalid_request", "Unknown action.")
    query = urlencode({**wanted.to_query(), holder.SAVED: place})
    url = request_language.with_language(f"{services.settings.base_url}/my/{secret}/profile?{query}")
    return redirect(f"{url}#saved")


def _save(services: Services, secret: str, own: OwnProfile, entered: ProfileForm) -> Mapping[str, str]:
    """Save the profile; returns the errors by field."""
    now = services.delivery_context.now()
    missing = profile_form.error(entered, own, now)
    try:
        if missing is None:
            choices = profile_form.choices(entered, own, now)
            own_profile.save(services.profile_context, secret, entered.details, choices, all_valid=entered.all_valid)
            return {}
    except BadDetails as error:
        return {str(field): sentence for field, sentence in error.errors.items()}
    except Refused as error:
        return {"credentials": error.detail}
    return {"agree": missing}


def _render(
    services: Services,
    request: Request,
    secret: str,
    own: OwnProfile,
    entered: ProfileForm | None = None,
    errors: Mapping[str, str] | None = None,
) -> Reply:
    base_url, now = services.settings.base_url, services.delivery_context.now()
    archive, wanted = services.delivery_context.archive, holder.page_named(request.query_params or {})
    home = holder_view.page_of(holder_home.page(archive, base_url, own.access, wanted), base_url, now)
    shown = profile_view.page_of(
        own,
        entered or profile_form.stored(own, now),
        home,
        base_url,
        now,
        errors or {},
        request_language.current().code,
    )
    query: Mapping[str, str] = request.query_params or {}
    saved = query.get(holder.SAVED, "")
    return page(
        services,
        "profile.html",
        422 if errors else 200,
        page=shown,
        token=secret,
        shown_page=urlencode(wanted.to_query()),
        saved="" if errors else saved,
        labels=profile_view.LABELS,
        visibility=profile_view.VISIBILITY,
        contact=profile_view.CONTACT,
    )
