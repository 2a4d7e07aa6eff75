"""How a view is bound: it takes the request, returns a `Reply`, and may raise domain errors.

Chalice turns what a view raises into its own 500 before any middleware sees it (aws/chalice#1884), so errors are
translated here, around the view. So is the question who may come in: no view is reached but through its rule.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Blueprint, Request

from chalicelib.errors import Unauthenticated
from chalicelib.http.core import error_response
from chalicelib.http.core.access import PUBLIC, Rule, admit
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import PRIVATE, Reply
from chalicelib.settings import Function

View = Callable[..., Reply]

READ = ("GET", "HEAD")
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "7200",
}
"""Every public answer may be read from any origin (`edge.HEADERS`); this lets a page of any origin ask, too. Two hours
are the most that Chromium believes."""


class Routes(Blueprint):
    """A blueprint that binds such views."""

    def __init__(self, import_name: str, services: Services, function: Function = Function.ISSUER) -> None:
        super().__init__(import_name)
        self.services = services
        self._function = function
        self.base_url = services.settings.base_url

    def bind(
        self,
        path: str,
        *,
        access: Rule,
        methods: tuple[str, ...] = READ,
        missing: str = error_response.MISSING,
        function: Function | None = None,
    ) -> Callable[[View], View]:
        """Bind a view to ``path``, for those whom the rule ``access`` admits; `http.access` says what it takes.

        ``function`` is the deployed function that serves it, if not the one of these routes; the others do not bind it.
        ``missing`` says what to try after a 404. A body of any media type reaches the view: Chalice would refuse even
        a GET for its `Content-Type`.
        """
        serves = function or self._function
        register = self.route(path, methods=list(methods), content_types=["*/*"])

        def decorate(view: View) -> View:
            def guarded(**arguments: str) -> Reply:
                request = self.current_request
                reply = self._answer(view, request, tuple(arguments.values()), access, missing)
                if access.private:
                    reply.headers["Cache-Control"] = PRIVATE
                    reply.own_origin_only = True
                return reply

            guarded.__name__ = view.__name__
            guarded.access = access  # type: ignore[attr-defined] # read by the test of the whole route table
            guarded.function = serves  # type: ignore[attr-defined] # read by the packager
            if self.services.settings.function in (None, serves):
                register(guarded)
            return view

        return decorate

    def _answer(self, view: View, request: Request, variables: tuple[str, ...], rule: Rule, missing: str) -> Reply:
        try:
            return view(request, *admit(rule, self.services, request, variables))
        except Exception as error:  # noqa: BLE001 - the edge: a caller gets a problem, never a trace
            if isinstance(error, Unauthenticated) and rule.in_session:
                from chalicelib.http.core import authentication  # as in `access`

                if authentication.by_browser(request):
                    return authentication.to_sign_in(request, self.base_url)
            if rule.in_session:
                from chalicelib.http.console import error_page  # as in `access`

                return error_page.reply(self.services, request, error, variables[:1], missing)
            return error_response.reply(request, error, base_url=self.base_url, missing=missing)

    def preflight(self, path: str) -> None:
        """Let pages of any origin `POST` to ``path`` (Fetch, 4.8).

        A view of ours, not Chalice's `cors`: that makes a mock integration, which API Gateway fails with 500 where
        the binary media types are `*/*` (aws/chalice#1310).
        """

        @self.bind(path, access=PUBLIC, methods=("OPTIONS",))
        def preflight(_request: Request, *_variables: str) -> Reply:
            return Reply("", "text/plain", 204, PREFLIGHT)
