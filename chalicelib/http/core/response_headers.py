"""Headers that every response gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from chalice.app import Request, Response

from chalicelib.http.core import error_response, hosts, log, problem
from chalicelib.http.core.response import Reply
from chalicelib.http.html import request_language

Next = Callable[[Request], Response]

ANY_ORIGIN = "Access-Control-Allow-Origin"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    ANY_ORIGIN: "*",
}
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Content Security Policy of responses that render nothing; pages have their own."""
HTTPS_ONLY = "max-age=31536000"


def middleware(base_url: str, methods: Mapping[str, Sequence[str]]) -> Callable[[Request, Next], Response]:
    """Create the middleware for every HTTP request; ``methods`` are those that each path supports."""

    def finish(request: Request, get_response: Next) -> Response:
        with request_language.from_request(request, base_url):
            reply = hosts.redirect(request, base_url) or get_response(request)
            if not isinstance(reply, Reply):
                # Chalice itself responded with an error, before or instead of a view.
                allowed = methods.get(str(request.context.get("resourcePath")), ())
                found = problem.of_chalice(reply.status_code, allowed)
                reply = error_response.render(request.headers.get("accept"), found, base_url)
        for name, value in _headers(base_url).items():
            reply.headers.setdefault(name, value)
        if reply.own_origin_only:
            del reply.headers[ANY_ORIGIN]
        log.request(request.path, request.method, reply.status_code)
        log.forget_tenant()
        if request.method == "HEAD":
            reply.body = ""
        return reply

    return finish


def _headers(base_url: str) -> dict[str, str]:
    headers = {**HEADERS, "Content-Security-Policy": POLICY}
    return {**headers, "Strict-Transport-Security": HTTPS_ONLY} if base_url.startswith("https://") else headers
