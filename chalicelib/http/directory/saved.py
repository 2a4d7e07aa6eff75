"""A recruiter's saved people and searches, `/directory/saved`, and the link that turns off emails about them.

The public pages of the directory read no session. They link here with what to save, and this page asks for confirmation
with a form, so that no other site can save anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalice.app import Request

from chalicelib.access.caller import Person
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.delivery.links import WIDE_RETENTION
from chalicelib.directory.profiles.published import Published
from chalicelib.directory.saved import actions, searches
from chalicelib.directory.saved.saved import MAX_PEOPLE, MAX_SEARCHES, Saved, with_person, with_search, without
from chalicelib.errors import Refused
from chalicelib.http.core.access import BY_SECRET, PERSON
from chalicelib.http.core.file_name import attachment
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory.holder_view import SAVED, holder_url, recruiters_url
from chalicelib.http.directory.recruiter_page import require_for_recruiters
from chalicelib.http.holder.private_page import MISSING, download, page
from chalicelib.http.html import render, request_language, text
from chalicelib.http.input import form

_HEADERS = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


@dataclass(frozen=True, slots=True)
class Row:
    """A saved person or search, or one to save. ``name`` and ``headline`` are the words of others."""

    value: str
    url: str
    name: str | None
    headline: str | None = None


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services)

    @bound.bind("/directory/saved", access=PERSON)
    def show(request: Request, person: Person) -> Reply:
        query: Mapping[str, str] = request.query_params or {}
        if query.get("format") == "json":
            return _data(services, person)
        return _page(services, request, person, query)

    @bound.bind("/directory/saved", access=PERSON, methods=("POST",))
    def perform(request: Request, person: Person) -> Reply:
        fields = form.as_text(form.sent(request).fields)
        try:
            _perform(services, request, person, fields.get("do", ""), fields.get("value", ""))
        except Refused as error:
            return _page(services, request, person, {}, error)
        did = {"remove": "removed", "delete_list": "deleted"}.get(fields["do"], "saved")
        location = request_language.with_language(f"{services.settings.base_url}/directory/saved?did={did}")
        return Reply("", "text/plain", 303, uncached(Location=location))

    @bound.bind("/mail/saved/{token}", access=BY_SECRET, missing=MISSING)
    def ask(_request: Request, secret: str) -> Reply:
        actions.find_link(services.saved_context, secret)
        return page(services, "saved_emails.html", 200, secret=secret, done=False)

    @bound.bind("/mail/saved/{token}", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def stop(_request: Request, secret: str) -> Reply:
        # Whatever the body is: email clients send this request themselves (RFC 8058).
        email = actions.find_link(services.saved_context, secret)
        actions.set_emails(services.saved_context, email, wanted=False)
        return page(services, "saved_emails.html", 200, secret=secret, done=True)

    return bound


def _data(services: Services, person: Person) -> Reply:
    found = actions.own_data(services.saved_context, person.email)
    content = json.dumps(found, ensure_ascii=False, indent=2).encode()
    return download(content, "application/json", attachment("laurel-saved", "", "json"))


def _perform(services: Services, request: Request, person: Person, do: str, value: str) -> None:
    context, now, lang = services.saved_context, services.saved_context.now(), request_language.current().code
    match do:
        case "save_person":
            require_for_recruiters(services, request, person, value)
            actions.change(context, person.email, lambda one: replace(with_person(one, value, now), lang=lang))
        case "save_search":
            search = searches.canonical(value)
            actions.change(context, person.email, lambda one: replace(with_search(one, search, now), lang=lang))
        case "remove":
            actions.change(context, person.email, lambda one: without(one, value))
        case "delete_list":
            actions.delete(context, person.email)
        case "emails_on" | "emails_off":
            actions.set_emails(context, person.email, wanted=do == "emails_on")
        case _:
            raise Problem("invalid_request", "Unknown action.")


def _page(
    services: Services, request: Request, person: Person, query: Mapping[str, str], error: Refused | None = None
) -> Reply:
    saved, shown = actions.view(services.saved_context, person.email)
    base_url = services.settings.base_url
    offered, refusal = None, error
    try:
        offered = _offered(services, request, person, saved, query)
    except Refused as refused:
        refusal = refused
    return render.page(
        "directory/saved.html",
        base_url,
        422 if refusal else 200,
        uncached(**_HEADERS),
        forms=True,
        console=True,
        leads=(),
        person=person,
        offered=offered,
        refusal=refusal.detail if refusal else None,
        did=query.get("did"),
        people=[_saved_row(base_url, shown[one.value]) for one in saved.people if one.value in shown],
        searches=[_search_row(base_url, one.value) for one in saved.searches],
        emails=saved.emails,
        max_people=MAX_PEOPLE,
        max_searches=MAX_SEARCHES,
        link_days=WIDE_RETENTION.days,
    )


def _offered(
    services: Services, request: Request, person: Person, saved: Saved, query: Mapping[str, str]
) -> tuple[str, Row] | None:
    """The action and what the reader came to save, or to remove if it is already saved; None if there is nothing.

    Raises `NoProfile`, `TooMany`, `Refused` (`directory_query`).
    """
    holder_id, search = query.get("person", ""), query.get("search", "")
    base_url, known = services.settings.base_url, {one.value for one in (*saved.people, *saved.searches)}
    if PUBLIC_ID.fullmatch(holder_id):
        found, _ = require_for_recruiters(services, request, person, holder_id)
        return "remove_person" if holder_id in known else "save_person", _person_row(base_url, found)
    if search:
        canonical = searches.canonical(search)
        return "remove_search" if canonical in known else "save_search", _search_row(base_url, canonical)
    return None


def _person_row(base_url: str, found: Published) -> Row:
    details = found.details
    url = (recruiters_url if found.more else holder_url)(base_url, found.holder_id)
    return Row(found.holder_id, url, text.optional_text(details.name), text.optional_text(details.headline))


def _saved_row(base_url: str, found: Published) -> Row:
    """A saved person. The link marks them as saved, because their page reads no session."""
    row = _person_row(base_url, found)
    return replace(row, url=f"{row.url}?{SAVED}=1")


def _search_row(base_url: str, search: str) -> Row:
    return Row(search, f"{base_url}/directory?{search}", text.optional_text(searches.label(search)))
