"""The page on which a holder edits their profile, `/my/{token}/profile`, and their data, `/my/{token}/data`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from chalice.app import Request

from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.delivery.holder import access as holder_access
from chalicelib.delivery.holder import home as holder_home
from chalicelib.delivery.holder.access import LinkExpired
from chalicelib.directory.profiles import own_data, own_profile
from chalicelib.directory.profiles.consent import Visibility
from chalicelib.directory.profiles.own_profile import OwnProfile
from chalicelib.directory.profiles.profile import BadDetails
from chalicelib.http.core.access import BY_SECRET
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.holder import holder, holder_view, profile_form, profile_view
from chalicelib.http.holder.private_page import MISSING, download, over, page, redirect
from chalicelib.http.holder.profile_form import ProfileForm
from chalicelib.http.html import reader
from chalicelib.http.input import body, form

SHOW = "show_"
"""Prefix of the fields with who may see a credential; its id follows."""


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services)

    @bound.bind("/my/{token}/profile", access=BY_SECRET, missing=MISSING)
    def show(request: Request, secret: str) -> Reply:
        try:
            own = own_profile.view(services.profile_context, secret)
            return _render(services, request, secret, own)
        except LinkExpired as error:
            return over(services, secret, error)

    @bound.bind("/my/{token}/profile", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def perform(request: Request, secret: str) -> Reply:
        try:
            holder_access.require_link(services.delivery_context, secret)
            own = own_profile.view(services.profile_context, secret)
            fields = form.as_text(form.sent(request, body.MAX_FIELDS).fields)
            return _perform(services, request, secret, own, fields)
        except LinkExpired as error:
            return over(services, secret, error)

    @bound.bind("/my/{token}/data", access=BY_SECRET, missing=MISSING)
    def data(_request: Request, secret: str) -> Reply:
        try:
            found = own_data.export(services.profile_context, secret)
        except LinkExpired as error:
            return over(services, secret, error)
        content = json.dumps(found, ensure_ascii=False, indent=2).encode()
        return download(content, "application/json", "laurel-data.json")

    return bound


def _perform(services: Services, request: Request, secret: str, own: OwnProfile, fields: Mapping[str, str]) -> Reply:
    context, place = services.profile_context, "profile"
    match fields.get("do"):
        case "save":
            entered = profile_form.entered(fields)
            errors = _save(services, secret, own, entered)
            if errors:
                return _render(services, request, secret, own, entered, errors)
        case "credentials":
            own_profile.choose_credentials(context, secret, _chosen(fields))
            place = "credentials"
        case "show_all":
            own_profile.show_all_valid(context, secret)
            place = "credentials"
        case "withdraw":
            own_profile.withdraw(context, secret)
            place = "withdrawn"
        case _:
            raise Problem("invalid_request", "Unknown action.")
    url = reader.with_language(f"{services.settings.base_url}/my/{secret}/profile?{holder.SAVED}={place}")
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
    return {"agree": missing}


def _chosen(fields: Mapping[str, str]) -> dict[str, Visibility]:
    found = {
        name.removeprefix(SHOW): profile_form.visibility_of(value)
        for name, value in fields.items()
        if name.startswith(SHOW)
    }
    return {each: value for each, value in found.items() if PUBLIC_ID.fullmatch(each)}


def _render(
    services: Services,
    request: Request,
    secret: str,
    own: OwnProfile,
    entered: ProfileForm | None = None,
    errors: Mapping[str, str] | None = None,
) -> Reply:
    base_url, now = services.settings.base_url, services.delivery_context.now()
    archive, wanted = services.delivery_context.archive, holder.page_query(request)
    home = holder_view.page_of(holder_home.page(archive, base_url, own.access, wanted), base_url, now)
    shown = profile_view.page_of(
        own, entered or profile_form.stored(own, now), home, base_url, now, errors or {}, reader.current().code
    )
    query: Mapping[str, str] = request.query_params or {}
    saved = query.get(holder.SAVED, "")
    return page(
        services,
        "profile.html",
        422 if errors else 200,
        page=shown,
        token=secret,
        saved="" if errors else saved,
        labels=profile_view.LABELS,
        visibility=profile_view.VISIBILITY,
        contact=profile_view.CONTACT,
    )
