"""Which responses pages of other origins may read, and which no cache may store: over all routes."""

from __future__ import annotations

import pytest

from chalicelib.access.roles import Role
from chalicelib.http.core.access import CallerKind
from chalicelib.http.mcp import routes as mcp
from tests.http.matrix import OWNER, EntryContext
from tests.http.test_two_tenants import GUARDED, MATRIX, PUBLIC, ROUTES, TwoTenants, rule
from tests.http.verifiers.keys import as_verifier
from tests.openapi.calls import OPERATIONS, World

OPEN = [
    operation
    for route, operation in OPERATIONS.items()
    if rule(*route.split(" ")).open_to_all and not route.startswith("POST /credentials/issue")
]
"""The public reads, and verification without a key."""
PREFLIGHTED = [
    operation
    for operation in OPEN
    if operation.body and "json" in operation.body.types[0] and operation.route != f"POST {mcp.PATH}"
]
"""Browsers ask before they send JSON (Fetch, 2.2.2, "CORS-safelisted request-header"). Agents are no pages."""
every_route = pytest.mark.parametrize(("method", "path"), [each for each in ROUTES if each[0] != "OPTIONS"])


def sent_path(tenants: TwoTenants, method: str, path: str) -> str:
    """A path of the route, with data where the access matrix has some."""
    entry = MATRIX.get(("GET" if method == "HEAD" else method, path))
    return entry(EntryContext(tenants.laurel)).path if entry else path.replace("{", "").replace("}", "")


@pytest.mark.parametrize("operation", OPEN, ids=[each.route for each in OPEN])
def test_any_page_may_read_public_responses_and_reports_without_credentials(operation) -> None:
    world = World()
    for call in (world.base_call(operation), world.example_call(operation)):
        response = world.send(operation, call, {"origin": "https://jobs.example"})
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("operation", PREFLIGHTED, ids=[each.route for each in PREFLIGHTED])
def test_any_page_may_send_credentials_to_verify(operation) -> None:
    world = World()
    path = world.base_call(operation).path
    response = world.tenants.gateway(
        "OPTIONS", path, origin="https://jobs.example", access_control_request_method=operation.method
    )
    assert response.status == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert operation.method in response.headers["access-control-allow-methods"]
    assert "authorization" not in response.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in response.headers


@every_route
def test_no_response_to_a_request_with_a_key_is_stored(method: str, path: str) -> None:
    tenants = TwoTenants()
    where = sent_path(tenants, method, path)
    for headers in (
        tenants.token(OWNER, Role.OWNER),
        tenants.token(None),
        as_verifier(tenants.laurel),
        {"authorization": "Bearer laurel_wrong"},
    ):
        response = tenants.gateway(method, where, **headers)
        assert "no-store" in response.headers["cache-control"], response.status
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(("method", "path"), [each for each in GUARDED if not rule(*each).in_session])
def test_pages_of_other_origins_cannot_read_what_needs_a_key(method: str, path: str) -> None:
    if rule(method, path).caller_kind is CallerKind.BY_SECRET:
        return
    tenants = TwoTenants()
    response = tenants.gateway(method, sent_path(tenants, method, path), origin="https://jobs.example")
    assert "access-control-allow-origin" not in response.headers
    assert "no-store" in response.headers["cache-control"]


def test_every_public_route_is_covered() -> None:
    assert {operation.route for operation in OPEN} < PUBLIC
