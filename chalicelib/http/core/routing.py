"""Route binding: a view takes the request, returns a `Reply`, and may raise domain errors.

Chalice turns an exception of a view into its own 500 before any middleware sees it (aws/chalice#1884), so errors are
mapped here, around the view. Access rules are checked here too, so no view runs without one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalice.app import Blueprint, Request

from chalicelib.http.core import error_response
from chalicelib.http.core.access import PUBLIC, CallerKind, Rule, admit
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import PRIVATE, Reply
from chalicelib.http.input import body
from chalicelib.settings import Function

View = Callable[..., Reply]

READ = ("GET", "HEAD")
OPTIONS = "OPTIONS"
CATCH_ALL = "/{proxy+}"
"""The path of every URL that no other route matches (API Gateway's greedy path variable)."""
PREFLIGHT = {"Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match", "Access-Control-Max-Age": "7200"}
"""Preflight headers. Every public response may be read from any origin (`response_headers.HEADERS`); these let pages of
any origin send the request, too. Chromium caches a preflight for at most two hours."""

_API_KEY = (CallerKind.TOKEN, CallerKind.OPERATOR, CallerKind.EITHER, CallerKind.VERIFIER)
_NO_KEY = (
    "This URL does not support Idempotency-Key, so Laurel cannot recognise a repeated request. Nothing was changed: "
    "send the request without the header."
)


class Routes(Blueprint):
    """A blueprint that checks access and maps errors around each view."""

    def __init__(self, import_name: str, services: Services, function: Function = Function.ISSUER) -> None:
        super().__init__(import_name)
        self.services = services
        self._function = function
        self.base_url = services.settings.base_url
        self.methods: dict[str, list[str]] = {}
        """The methods of each path, whichever function serves them; a request with any other method is a 405."""

    def bind(
        self,
        path: str,
        *,
        access: Rule,
        methods: tuple[str, ...] = READ,
        missing: str = error_response.MISSING,
        function: Function | None = None,
        max_form: int = body.MAX_FIELDS,
        idempotent: bool = False,
    ) -> Callable[[View], View]:
        """Bind a view to ``path``, with the access rule ``access``; `http.core.access` lists its arguments.

        ``function`` is the deployed function that serves it, by default that of these routes; no other binds it.
        ``missing`` is the advice to show with a 404. ``max_form`` is the maximum size in bytes of the form of a page in
        a session: more for one with files. ``idempotent`` means that the view reads the `Idempotency-Key`; no other
        view of an API key is called with one. The view accepts any media type: Chalice would reject even a GET for its
        `Content-Type`.
        """
        serves = function or self._function
        register = self.route(path, methods=list(methods), content_types=["*/*"])
        if path != CATCH_ALL:  # a URL that does not exist supports no method
            self.methods.setdefault(path, []).extend(methods)

        def decorate(view: View) -> View:
            served = view if idempotent else _without_key(view, access)

            def guarded(**arguments: str) -> Reply:
                request = self.current_request
                reply = self._answer(served, request, tuple(arguments.values()), access, missing, max_form)
                has_key = "authorization" in request.headers
                if access.private or has_key:
                    reply.headers["Cache-Control"] = PRIVATE
                if access.private or (access.anonymous and has_key):
                    reply.own_origin_only = True
                return reply

            guarded.__name__ = view.__name__
            guarded.access = access  # type: ignore[attr-defined] # read by the test of the whole route table
            guarded.idempotent = idempotent  # type: ignore[attr-defined] # read by the OpenAPI document
            guarded.function = serves  # type: ignore[attr-defined] # read by the packager
            if self.services.settings.function in (None, serves):
                register(guarded)
            return view

        return decorate

    def _answer(
        self, view: View, request: Request, variables: tuple[str, ...], rule: Rule, missing: str, max_form: int
    ) -> Reply:
        arguments: tuple[object, ...] = ()
        try:
            arguments = admit(rule, self.services, request, variables, max_form)
            reply = view(request, *arguments)
        except Exception as error:  # noqa: BLE001 - the outermost handler: callers get a problem, never a traceback
            if rule.in_session:
                from chalicelib.http.console import error_page  # as in `access`

                return error_page.reply(self.services, request, error, variables[:1], missing, max_form)
            reply = error_response.reply(request, error, base_url=self.base_url, missing=missing)
        if rule.caller_kind is CallerKind.VERIFIER:
            reply.headers.update(_limit_headers(arguments))
        return reply

    def preflight(self, path: str) -> None:
        """Allow pages of any origin to send the methods bound to ``path`` so far, never with credentials (Fetch, 4.8).

        This replaces Chalice's `cors`, whose mock integration fails with 500 in API Gateway when the binary media
        types are `*/*` (aws/chalice#1310).
        """
        headers = {"Access-Control-Allow-Methods": ", ".join(self.methods[path]), **PREFLIGHT}

        @self.bind(path, access=PUBLIC, methods=(OPTIONS,))
        def preflight(_request: Request, *_variables: str) -> Reply:
            return Reply("", "text/plain", 204, headers)


def _limit_headers(arguments: tuple[object, ...]) -> Mapping[str, str]:
    from chalicelib.http.core.api_caller import ApiCaller  # as in `access`

    caller = arguments[0] if arguments else None
    return caller.headers() if isinstance(caller, ApiCaller) else {}


def _without_key(view: View, rule: Rule) -> View:
    """Refuse a request of a program that relies on an `Idempotency-Key`, which this view would ignore."""
    if rule.caller_kind not in _API_KEY:
        return view

    def refusing(request: Request, *arguments: object) -> Reply:
        if request.method not in READ and "idempotency-key" in request.headers:
            raise Problem("idempotency_key_unsupported", _NO_KEY)
        return view(request, *arguments)

    return refusing
