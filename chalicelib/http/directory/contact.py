"""Write to a holder: the form `/holders/{id}/contact`, and the link that confirms a sender's address,
`/contact/{token}`.

Opening a link changes nothing, because mail scanners open every link.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from chalice.app import Request

from chalicelib.access.caller import Person
from chalicelib.access.rate_limits import TooMany
from chalicelib.directory.contact import message, relaying
from chalicelib.directory.contact.message import Draft
from chalicelib.directory.profiles.consent import Audience
from chalicelib.directory.profiles.published import Published
from chalicelib.errors import NotFound, Refused, Unauthenticated
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.core import authentication
from chalicelib.http.core.access import BY_SECRET, PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory.holder_view import holder_url, recruiters_url, require_published
from chalicelib.http.directory.recruiter_page import require_for_recruiters
from chalicelib.http.html import render, request_language
from chalicelib.http.input import form, request_context

MISSING = "This holder does not accept messages, or the link is incomplete."
GONE = "The message has been sent or deleted, or the link was not copied completely."
MAX_FORM = 64 * 1024
"""Limit in bytes: the longest message, of which each character takes up to 12 bytes when it is percent-encoded, and
the fields that browser extensions add."""
_HEADERS = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services)

    @bound.bind("/holders/{id}/contact", access=PUBLIC, missing=MISSING)
    def show(request: Request, holder_id: str) -> Reply:
        person = _person(services, request)
        return _form_page(services, _require(services, request, person, holder_id), person, FormState())

    @bound.bind("/holders/{id}/contact", access=PUBLIC, methods=("POST",), missing=MISSING)
    def write(request: Request, holder_id: str) -> Reply:
        # Otherwise any website could send messages in its visitors' names, or use up the limits of their networks.
        authentication.check_same_origin(request, services.settings.base_url)
        person = _person(services, request)
        published = _require(services, request, person, holder_id)
        if person is not None:
            authentication.check_form(request, person, MAX_FORM)
        sent = FormState(form.as_text(form.sent(request, MAX_FORM).fields))
        return _written(services, request, published, person, sent)

    @bound.bind("/contact/{token}", access=BY_SECRET, missing=GONE)
    def show_waiting(_request: Request, secret: str) -> Reply:
        return _waiting_page(services, secret)

    @bound.bind("/contact/{token}", access=BY_SECRET, methods=("POST",), missing=GONE)
    def confirm(_request: Request, secret: str) -> Reply:
        one = relaying.waiting(services.contact_context, secret)
        try:
            relaying.confirm(services.contact_context, secret)
        except (Refused, TooMany) as error:
            return _waiting_page(services, secret, error)
        return _page(services, 200, state="relayed", url=holder_url(services.settings.base_url, one.holder_id))

    return bound


def _require(services: Services, request: Request, person: Person | None, holder_id: str) -> Published:
    """Read what the visitor sees of a profile.

    Raises `NoProfile`, `TooMany`; `NotFound` for a holder who does not accept messages, as their page shows.
    """
    if person is None:
        published = require_published(services, holder_id)
    else:
        published, _ = require_for_recruiters(services, request, person, holder_id)
    if published.contact is None:
        raise NotFound("no messages")
    return published


def _person(services: Services, request: Request) -> Person | None:
    with suppress(Unauthenticated):
        return authentication.signed_in(services.access_context, request)
    return None


def _written(
    services: Services, request: Request, published: Published, person: Person | None, sent: FormState
) -> Reply:
    sent.check("name", message.check_name)
    sent.check("organization", message.check_organization)
    sent.check("message", message.check_text)
    if person is None and published.contact is Audience.RECRUITERS:
        sent.add_error("", "Sign in first. Your session may have ended.")
    if sent.errors:
        return _form_page(services, published, person, sent)
    draft = Draft(sent.text("name"), sent.text("organization"), sent.text("message"))
    context, address = services.contact_context, request_context.client_address(request)
    holder_id = published.holder_id
    try:
        with sent.record_refusal("email" if person is None else ""):
            if person is None:
                relaying.request_confirmation(
                    context, holder_id, sent.text("email"), draft, address, request_language.current().code
                )
            else:
                relaying.send_signed_in(context, holder_id, person.email, draft, address)
    except TooMany as error:
        sent.add_error("", error.detail)
        return _limited(_form_page(services, published, person, sent, 429), error)
    if sent.errors:
        return _form_page(services, published, person, sent)
    url = _back_url(services, published, person)
    if person is not None:
        return _page(services, 200, state="relayed", url=url)
    return _page(services, 200, state="confirm", url=url, email=sent.text("email"), hours=_hours())


def _form_page(
    services: Services, published: Published, person: Person | None, sent: FormState, status: int | None = None
) -> Reply:
    needs_sign_in = person is None and published.contact is Audience.RECRUITERS
    reply = _page(
        services,
        status or sent.status,
        state="sign_in" if needs_sign_in else "form",
        url=_back_url(services, published, person),
        path=f"/holders/{published.holder_id}/contact",
        name=published.details.name,
        person=person,
        form=sent,
        max_text=message.MAX_TEXT,
    )
    reply.own_origin_only = True
    return reply


def _back_url(services: Services, published: Published, person: Person | None) -> str:
    """The page of the holder that the visitor sees."""
    page_url = recruiters_url if person is not None and published.more else holder_url
    return page_url(services.settings.base_url, published.holder_id)


def _waiting_page(services: Services, secret: str, error: Refused | TooMany | None = None) -> Reply:
    one = relaying.waiting(services.contact_context, secret)
    reply = _page(
        services,
        200 if error is None else 429 if isinstance(error, TooMany) else 422,
        state="waiting",
        url=holder_url(services.settings.base_url, one.holder_id),
        message=one,
        secret=secret,
        refusal=error.detail if error else None,
    )
    return _limited(reply, error) if isinstance(error, TooMany) else reply


def _limited(reply: Reply, error: TooMany) -> Reply:
    reply.headers["Retry-After"] = str(error.seconds)
    return reply


def _page(services: Services, status: int, **content: object) -> Reply:
    base_url = services.settings.base_url
    headers = uncached(**_HEADERS)
    name = "directory/contact.html"
    return render.page(name, base_url, status, headers, forms=True, console=True, leads=(), **content)


def _hours() -> int:
    return message.WAITS // timedelta(hours=1)
