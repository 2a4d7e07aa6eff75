"""A form that is refused because of its session or its size keeps its text: the answer has it in a form to send again.

A session ends after an hour without a request, while a person may write for longer; a file may be too large. Nothing of
the form is stored: it goes back to the browser that sent it. Only a browser that was signed in gets it, so no stranger
has a form parsed, and only from our own pages, so no other site can put words into a form of ours.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus

from chalice.app import Request

from chalicelib.access import sessions
from chalicelib.errors import LaurelError, Unauthenticated
from chalicelib.http.console import layout
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core import authentication, cookies
from chalicelib.http.core.authentication import StaleForm
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import READ
from chalicelib.http.html import render
from chalicelib.http.input import body, form

CSRF = "csrf"
MAX_SHOWN = 2_000
"""Maximum characters of each field that the page shows; the rest is in a hidden field."""
MAX_KEPT = 5_500_000
"""Maximum bytes of text that are sent back, as they are written in the page and in the response of the function: quotes
become five characters, and letters beyond ASCII six. The longest list of people (1 MB) fits; Lambda sends 6 MB."""


def resubmission_page(
    services: Services,
    request: Request,
    error: Exception,
    max_form: int,
    page_context: Callable[[], PageContext | None],
) -> Reply | None:
    """Answer a form that ``error`` refused with a page that keeps its text; None for any other request or error.

    ``page_context`` returns the context of a page for the signed-in person.
    """
    base_url = services.settings.base_url
    own = authentication.is_browser(request) and authentication.is_own_page(request, base_url)
    if request.method in READ or not own:
        return None
    match error:
        case Unauthenticated():
            cookie = cookies.session(request, base_url)
            if cookie is None or not sessions.was_signed_in(services.access_context, cookie):
                return None
            return _signed_out(request, base_url, max_form)
        case StaleForm():
            kept = _kept(request, max_form)
            has_file = kept is not None and _has_file(request, max_form)
            return _send_again(request, page_context(), kept, 403, has_file=has_file)
        case Problem(code="too_large") if max_form == form.MAX_WITH_FILE:
            return _send_again(request, page_context(), _text_beside_file(request), 413, has_file=True)
    return None


def _signed_out(request: Request, base_url: str, max_form: int) -> Reply | None:
    kept = _kept(request, max_form)
    if kept is None:
        return None
    headers = uncached(**{"WWW-Authenticate": "Bearer"})
    return render.page(
        "sign_in/resubmit.html",
        base_url,
        401,
        headers,
        forms=True,
        console=True,
        leads=(),
        kept=kept,
        has_file=_has_file(request, max_form),
        max_shown=MAX_SHOWN,
        address=authentication.address(request),
    )


def _send_again(
    request: Request, context: PageContext | None, kept: Mapping[str, str] | None, status: int, *, has_file: bool
) -> Reply | None:
    """The form with the token of the current session, once more for the person to look at."""
    if not kept or context is None:
        return None
    return layout.show(
        context,
        "resubmit.html",
        status=status,
        kept=kept,
        has_file=has_file,
        max_shown=MAX_SHOWN,
        max_megabytes=form.MAX_WITH_FILE // 1024**2,
        too_large=status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        address=authentication.address(request),
    )


def _kept(request: Request, max_form: int) -> Mapping[str, str] | None:
    """The text of the form, without the token of its session; None when there is none or it cannot be read."""
    try:
        return _as_text(form.sent(request, max_form).fields)
    except LaurelError:
        return None


def _text_beside_file(request: Request) -> Mapping[str, str] | None:
    if body.media_type(request) != form.MULTIPART:
        return None  # only a form in parts can have a file, and only its text is cheap to parse
    try:
        return _as_text(form.text_of(request))
    except LaurelError:
        return None


def _as_text(fields: Mapping[str, bytes]) -> Mapping[str, str] | None:
    """The fields without the token of their session; None when there are none, or too many to send back."""
    kept = {name: value for name, value in form.as_text(fields).items() if name != CSRF}
    size = sum(2 * _size(name) + _size(value) + _size(value[:MAX_SHOWN]) for name, value in kept.items())
    return kept if kept and size <= MAX_KEPT else None


def _size(text: str) -> int:
    return len(json.dumps(html.escape(text)))


def _has_file(request: Request, max_form: int) -> bool:
    return bool(form.sent(request, max_form).files)
