"""How a view is bound: it takes the request, returns a `Reply`, and may raise domain errors.

Chalice turns what a view raises into its own 500 before any middleware sees it (aws/chalice#1884), so errors are
translated here, around the view.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Blueprint, Request

from chalicelib.http import failure
from chalicelib.http.reply import Reply

View = Callable[..., Reply]

READ = ("GET", "HEAD")
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "7200",
}
"""Every answer may be read from any origin (`edge.HEADERS`); this lets a page of any origin ask, too. Two hours are the
most that Chromium believes."""


class Routes(Blueprint):
    """A blueprint that binds such views."""

    def __init__(self, import_name: str, base_url: str) -> None:
        super().__init__(import_name)
        self.base_url = base_url

    def bind(
        self, path: str, *, methods: tuple[str, ...] = READ, missing: str = failure.MISSING
    ) -> Callable[[View], View]:
        """Bind a view to ``path``, whose variables it takes in order. ``missing`` says what to try after a 404.

        A body of any media type reaches the view: Chalice would refuse even a GET for its `Content-Type`.
        """
        register = self.route(path, methods=list(methods), content_types=["*/*"])

        def decorate(view: View) -> View:
            def guarded(**arguments: str) -> Reply:
                request = self.current_request
                try:
                    return view(request, *arguments.values())
                except Exception as error:  # noqa: BLE001 - the edge: a caller gets a problem, never a trace
                    return failure.reply(request, error, base_url=self.base_url, missing=missing)

            guarded.__name__ = view.__name__
            register(guarded)
            return view

        return decorate

    def preflight(self, path: str) -> None:
        """Let pages of any origin `POST` to ``path`` (Fetch, 4.8).

        A view of ours, not Chalice's `cors`: that makes a mock integration, which API Gateway fails with 500 where
        the binary media types are `*/*` (aws/chalice#1310).
        """

        @self.bind(path, methods=("OPTIONS",))
        def preflight(_request: Request, *_variables: str) -> Reply:
            return Reply("", "text/plain", 204, PREFLIGHT)
