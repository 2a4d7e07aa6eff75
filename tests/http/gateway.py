"""An in-memory API Gateway in front of the app.

The API has the binary media type `*/*`, so the gateway sends every body to Lambda as base64 and decodes the response
body if `isBase64Encoded` is set. `chalice.test.Client` does neither.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice
from chalice.local import LambdaContext, RouteMatcher

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


@dataclass(frozen=True)
class Gateway:
    """A client that sends requests to ``app`` through the gateway."""

    app: Chalice

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
        return Response(response["statusCode"], {name.lower(): text for name, text in named.items()}, content, encoded)

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
