"""Response headers, and the request data that no response repeats."""

from __future__ import annotations

import re

import pytest

from chalicelib.http.core.response import PRIVATE
from tests.http.fake_laurel import Laurel, id_of, seeded
from tests.http.gateway import HTML, Gateway
from tests.http.public.test_documents import public_paths


def all_paths(laurel: Laurel) -> list[str]:
    api = f"/v1/credentials/{id_of('valid')}"
    return [*public_paths(laurel), laurel.url("valid"), laurel.url("tampered"), api, f"{api}/report", "/c/nothing"]


@pytest.mark.parametrize("accept", ["*/*", HTML, "application/vc, */*;q=0.1"])
def test_every_response_has_the_security_headers(client: Gateway, laurel: Laurel, accept: str) -> None:
    for path in all_paths(laurel):
        headers = client.get(path, accept=accept).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers
        assert "set-cookie" not in headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        # Only the page of a credential that can be shared has a script, which is allowed by its hash.
        assert "script" not in re.sub(r"script-src 'sha256-[A-Za-z0-9+/]{43}=';", "", policy)


@pytest.mark.parametrize("accept", ["*/*", HTML, "application/vc, */*;q=0.1", "image/png"])
def test_head_is_get_without_a_body(client: Gateway, laurel: Laurel, accept: str) -> None:
    for path in all_paths(laurel):
        got, headed = client.get(path, accept=accept), client.head(path, accept=accept)
        assert headed.body == b""
        assert (headed.status, headed.headers) == (got.status, got.headers)


def test_head_with_a_matching_etag_is_304(client: Gateway) -> None:
    tag = client.head("/").headers["etag"]
    assert client.head("/", if_none_match=tag).status == 304


HOSTILE = {
    "host": "evil.example",
    "x_forwarded_host": "evil.example",
    "x_forwarded_proto": "gopher",
    "x_forwarded_for": "198.51.100.9",
    "forwarded": "host=evil.example",
    "cookie": "session=evil",
    "origin": "https://evil.example",
    "referer": "https://evil.example/\r\nSet-Cookie: a=b",
    "user_agent": "evil\r\nSet-Cookie: a=b",
    "authorization": "Bearer evil",
    "accept_language": "evil",
}


def test_request_headers_and_query_do_not_change_public_responses(laurel: Laurel) -> None:
    # Two instances, so that both responses come from the same state.
    plain, hostile = Gateway.over(seeded()), Gateway.over(seeded())
    for path in all_paths(laurel):
        for accept in ("*/*", HTML):
            expected = plain.get(path, accept=accept)
            actual = hostile.get(f"{path}?evil=<script>&x=%0d%0aSet-Cookie:a=b", accept=accept, **HOSTILE)
            headers = {**expected.headers, "cache-control": PRIVATE}  # as for any request with a key
            assert (actual.status, actual.headers, actual.body) == (expected.status, headers, expected.body)


@pytest.mark.parametrize("evil", ["%0d%0aSet-Cookie:%20a=b", "\r\nSet-Cookie: a=b", "\x00", "%00", "\u2028"])
def test_line_breaks_in_a_path_reach_no_header(client: Gateway, evil: str) -> None:
    for path in (f"/c/{evil}", f"/status/{evil}", f"/images/{evil}.png", f"/issuers/{evil}/did.json"):
        for accept in ("*/*", HTML, f"text/html{evil}"):
            response = client.get(path, accept=accept)
            assert response.status in (404, 406)
            assert "set-cookie" not in response.headers
            assert not any("\r" in text or "\n" in text for text in response.headers.values())
            assert evil not in response.text


def test_hsts_is_sent_only_over_https(laurel: Laurel) -> None:
    assert "strict-transport-security" not in Gateway.over(laurel).get("/").headers
    secure = Gateway.over(seeded("https://laurel.example"))
    assert secure.get("/").headers["strict-transport-security"] == "max-age=31536000"
