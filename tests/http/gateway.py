"""An in-memory API Gateway in front of the app.

The API has the binary media type `*/*`, so the gateway sends every body to Lambda as base64 and decodes the response
body if `isBase64Encoded` is set. `chalice.test.Client` does neither.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice
from chalice.local import LambdaContext, RouteMatcher

from chalicelib.http.app import create_app
from chalicelib.settings import Settings
from tests.http import openapi_check

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
"""The `Accept` header of a browser that opens a link."""
ADDRESS = "203.0.113.7"


@dataclass(frozen=True)
class Response:
    """The response as the caller sees it; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    encoded: bool
    """Whether Lambda returned the body as base64."""

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class CurrentServices:
    """The services of the gateway that sends a request, for an app that several gateways share."""

    def __init__(self, chosen: Any) -> None:
        self.chosen = chosen

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chosen, name)


_SHARED: dict[Settings, tuple[Chalice, CurrentServices]] = {}
"""One app for each settings: binding a hundred routes takes longer than most tests."""


@dataclass(frozen=True)
class Gateway:
    """A client that sends requests to an app through the gateway; `over` creates it from services.

    Every response has to follow the OpenAPI document, unless a test makes a view answer what it never would.
    """

    _app: Chalice
    _choose: Callable[[], None] = lambda: None
    checked: bool = True
    """Whether responses have to follow the OpenAPI document."""

    @property
    def app(self) -> Chalice:
        """The app; if it is shared, it uses the services of this gateway from now on."""
        self._choose()
        return self._app

    @classmethod
    def over(cls, services: Any) -> Gateway:
        """A client of an app over ``services``, for one thread: the app is shared with other tests."""
        if services.settings not in _SHARED:
            current = CurrentServices(services)
            _SHARED[services.settings] = create_app(current), current
        app, current = _SHARED[services.settings]

        def choose() -> None:
            current.chosen = services

        return cls(app, choose)

    def __call__(
        self, method: str, path: str, *, body: bytes | None = None, encode: bool = True, **headers: str
    ) -> Response:
        """Send a request; header names have `_` in place of `-`."""
        event = self.event(method, path, body, encode, {name.replace("_", "-"): text for name, text in headers.items()})
        response = self.app(event, LambdaContext("laurel", 1024))
        json.dumps(response)  # Lambda refuses a response that is not JSON
        encoded = response.get("isBase64Encoded", False)
        content = base64.b64decode(response["body"]) if encoded else response["body"].encode()
        named = {
            **response["headers"],
            **{name: ", ".join(all_) for name, all_ in response["multiValueHeaders"].items()},
        }
        lower = {name.lower(): text for name, text in named.items()}
        found = Response(response["statusCode"], lower, content, encoded)
        if self.checked and openapi_check.is_declared(method, str(event["resource"])):
            errors = openapi_check.errors(method, str(event["resource"]), found)
            assert not errors, f"{method} {path} differs from the OpenAPI document: {errors}"
        return found

    def get(self, path: str, **headers: str) -> Response:
        return self("GET", path, **headers)

    def head(self, path: str, **headers: str) -> Response:
        return self("HEAD", path, **headers)

    def post(self, path: str, body: bytes, **headers: str) -> Response:
        return self("POST", path, body=body, **{"content_type": "application/json", **headers})

    def event(
        self, method: str, path: str, body: bytes | None, encode: bool, headers: Mapping[str, str]
    ) -> dict[str, object]:
        route = RouteMatcher(list(self.app.routes)).match_route(path)
        sent = None if body is None else base64.b64encode(body).decode() if encode else body.decode()
        return {
            "resource": route.route,
            "path": path.partition("?")[0],
            "httpMethod": method,
            "headers": dict(headers),
            "multiValueHeaders": {name: [text] for name, text in headers.items()},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": route.query_params or None,
            "pathParameters": dict(route.captured) or None,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": route.route,
                "httpMethod": method,
                "path": path.partition("?")[0],
                "identity": {"sourceIp": ADDRESS, "userAgent": headers.get("user-agent")},
            },
            "body": sent,
            "isBase64Encoded": encode and body is not None,
        }
