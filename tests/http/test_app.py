"""The routes that each deployed function binds and the modules it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from chalice.local import LambdaContext

from chalicelib.http import route_map
from chalicelib.http.app import create_app
from chalicelib.settings import Function
from tests.http.fake_laurel import id_of, seeded
from tests.http.gateway import HTML, Gateway

STARTED = """
import json, sys
from chalicelib import settings
from chalicelib.http.app import create_app
from chalicelib.http.core.log import LogFallback
from chalicelib.services import build

tables = ("CREDENTIALS_TABLE", "DIRECTORY_TABLE", "EVENTS_TABLE", "SECRETS_TABLE", "ERASURES_TABLE")
names = ("STAGE", "BASE_URL", *tables, "EVENT_ARCHIVE", "HOST_KEY_ID", "SHARED_KEY_ID", "RECEIPT_KEY_ID", "AWS_REGION")
read = settings.read({**dict.fromkeys(names, "x"), **json.loads(sys.argv[1])})
app = create_app(build(read, fallback=LogFallback()))
print(json.dumps([sorted(app.routes), sorted(sys.modules)]))
"""
SNAPSHOT = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
LIBRARIES = {"jwt", "nacl", "cryptography", "jinja2", "dns", "publicsuffixlist"}


def started(**environment: str) -> tuple[set[str], set[str]]:
    """The routes and the modules of a process after it has started with ``environment``."""
    command = [sys.executable, "-c", STARTED, json.dumps(environment)]
    process = subprocess.run(command, check=True, capture_output=True, text=True)
    routes, loaded = json.loads(process.stdout)
    return set(routes), set(loaded)


@pytest.mark.slow
def test_the_snapshot_of_the_public_function_contains_its_routes_but_no_issuer_only_modules() -> None:
    routes, loaded = started(FUNCTION="public", **SNAPSHOT)
    assert {"/", "/c/{id}", "/status/{list}"} <= routes
    assert not {"/v1/verify", "/v1/achievements", "/sign-in"} & routes
    issuer_only = {
        "award.issuing.issue",
        "award.bulk.bulk_issuer",
        "access.sessions",
        "delivery.delivery_context",
        "dynamo.stores.award.issuers",
        "http.console.home",
        "http.api.issuers",
        "reports.submitted",
    }
    for name in issuer_only:
        assert f"chalicelib.{name}" not in loaded, name
    assert not LIBRARIES & loaded


@pytest.mark.slow
def test_the_routes_of_the_issuer_function_load_no_library_before_a_request_needs_it() -> None:
    routes, loaded = started(FUNCTION="issuer", **SNAPSHOT)
    assert "/v1/achievements" in routes
    assert not LIBRARIES & loaded


@pytest.mark.slow
@pytest.mark.parametrize("function", [Function.PUBLIC, Function.VERIFY, Function.ISSUER])
def test_a_function_loads_no_routes_before_a_request_needs_them(function: Function) -> None:
    routes, loaded = started(FUNCTION=function)
    assert not routes
    assert not {f"chalicelib.http.{module}" for module in route_map.PREFIXES} & loaded


@pytest.mark.parametrize("function", [Function.PUBLIC, Function.VERIFY, Function.ISSUER])
def test_each_function_binds_its_own_routes_and_no_others(function: Function) -> None:
    all_routes = routes_of(None)
    function_routes = routes_of(function)
    assert set(function_routes) == {route for route, served_by in all_routes.items() if served_by == function}


def test_together_the_functions_serve_every_route_once() -> None:
    served = [route for each in Function for route in routes_of(each)]
    assert sorted(served) == sorted(routes_of(None))


def test_background_functions_serve_no_routes() -> None:
    assert not routes_of(Function.BACKGROUND)


def test_public_function_serves_a_credential_page_with_the_module_of_that_page_alone() -> None:
    laurel = seeded()
    laurel.settings = replace(laurel.settings, function=Function.PUBLIC)
    app = create_app(laurel)
    event = Gateway.over(seeded()).event("GET", f"/c/{id_of('valid')}", None, True, {"accept": HTML})
    assert app(event, LambdaContext("laurel", 1024))["statusCode"] == 200
    assert set(app.routes) == {"/c/{id}", "/v1/credentials/{id}", "/v1/credentials/{id}/report"}


def routes_of(function: Function | None) -> dict[tuple[str, str], str]:
    laurel = seeded()
    laurel.settings = replace(laurel.settings, function=function, snapshot=True)
    return {
        (path, method): entry.view_function.function
        for path, methods in create_app(laurel).routes.items()
        for method, entry in methods.items()
    }
