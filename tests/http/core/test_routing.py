"""Methods that a path supports, and CORS preflight requests."""

from __future__ import annotations

import pytest

from chalicelib.http.app import create_app
from chalicelib.http.core.routing import CATCH_ALL
from chalicelib.settings import Function
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import Gateway
from tests.http.public.test_documents import public_paths

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ORIGIN = "https://jobs.example"


def preflight(client: Gateway, path: str, method: str = "GET") -> dict[str, str]:
    headers = {"access_control_request_method": method, "access_control_request_headers": "content-type"}
    response = client("OPTIONS", path, origin=ORIGIN, **headers)
    assert (response.status, response.body) == (204, b""), path
    return dict(response.headers)


def cross_origin_paths(laurel: Laurel) -> list[str]:
    api = f"/v1/credentials/{id_of('valid')}"
    return [*(path for path in public_paths(laurel) if path != "/"), laurel.url("valid"), api, f"{api}/report"]


def test_pages_of_any_origin_may_read_public_documents_without_credentials(client: Gateway, laurel: Laurel) -> None:
    for path in cross_origin_paths(laurel):
        headers = preflight(client, path)
        assert headers["access-control-allow-origin"] == "*"
        assert headers["access-control-allow-methods"].startswith("GET, HEAD")
        assert headers["access-control-allow-headers"] == "Accept, Content-Type, If-None-Match"
        assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize("path", ["/v1/verify", f"/v1/credentials/{id_of('valid')}/report"])
def test_pages_of_any_origin_may_send_a_credential_to_verify(client: Gateway, path: str) -> None:
    headers = preflight(client, path, "POST")
    assert "POST" in headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in headers


def test_preflight_reads_nothing_and_records_no_event(client: Gateway, laurel: Laurel) -> None:
    preflight(client, f"/c/{'q' * 26}")
    preflight(client, laurel.url("valid"))
    assert not laurel.event_store.events


def test_every_path_answers_an_unsupported_method_with_those_it_supports(client: Gateway, laurel: Laurel) -> None:
    for path, bound in create_app(laurel).routes.items():
        if path == CATCH_ALL:
            continue
        url = path.replace("{", "").replace("}", "")
        for method in set(METHODS) - set(bound):
            response = client(method, url)
            assert response.status == 405, (method, path)
            assert set(response.headers["allow"].split(", ")) == set(bound)


def test_only_public_paths_answer_a_preflight(laurel: Laurel) -> None:
    for path, methods in create_app(laurel).routes.items():
        if "OPTIONS" in methods:
            views = [entry.view_function for entry in methods.values()]
            assert all(view.access.open_to_all for view in views), path
            assert Function.ISSUER not in {view.function for view in views}, path
