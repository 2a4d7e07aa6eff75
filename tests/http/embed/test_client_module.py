"""`/client/{file}`."""

from __future__ import annotations

import pytest

from chalicelib.embed import client as modules
from tests.http.gateway import Gateway

URL = f"/client/{modules.LATEST}"


def test_any_website_may_import_it_and_its_version_is_immutable(client: Gateway) -> None:
    response = client.get(URL)
    assert response.status == 200
    assert response.text == modules.module(modules.LATEST)
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert client.get(URL, if_none_match=response.headers["etag"]).status == 304
    assert client("OPTIONS", URL).status == 204


@pytest.mark.parametrize("file", ["v2.js", "v1.css", "v1", "latest.js"])
def test_an_unknown_version_is_a_problem(client: Gateway, file: str) -> None:
    response = client.get(f"/client/{file}")
    assert (response.status, response.json["code"]) == (404, "not_found")
    assert URL in response.json["detail"]
