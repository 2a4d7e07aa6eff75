"""The routes that each deployed function binds and the modules it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

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
names = ("STAGE", "BASE_URL", *tables, "EVENT_ARCHIVE", "HOST_KEY_ID", "SHARED_KEY_ID", "AWS_REGION")
read = settings.read({**dict.fromkeys(names, "x"), "FUNCTION": "public"})
app = create_app(build(read, fallback=LogFallback()))
print(json.dumps([sorted(app.routes), sorted(sys.modules)]))
"""


@pytest.mark.slow
def test_public_function_loads_no_issuer_only_modules() -> None:
    process = subprocess.run([sys.executable, "-c", STARTED], check=True, capture_output=True, text=True)
    routes, loaded = json.loads(process.stdout)
    assert {"/", "/c/{id}", "/status/{list}"} <= set(routes)
    assert not {"/v1/verify", "/v1/achievements", "/sign-in"} & set(routes)
    issuer_only = {
        "award.issuing.issue",
        "award.bulk.bulk_issuer",
        "access.sessions",
        "delivery.delivery_context",
        "dynamo.stores.issuers",
        "http.console",
        "http.api",
        "reports.submitted",
    }
    for name in issuer_only:
        assert f"chalicelib.{name}" not in loaded, name
    assert not {"jwt", "nacl", "cryptography", "jinja2", "dns", "publicsuffixlist"} & set(loaded)


@pytest.mark.slow
def test_issuer_function_loads_no_library_before_a_request_needs_it() -> None:
    started = STARTED.replace('"FUNCTION": "public"', '"FUNCTION": "issuer"')
    process = subprocess.run([sys.executable, "-c", started], check=True, capture_output=True, text=True)
    _, loaded = json.loads(process.stdout)
    assert not {"jwt", "nacl", "cryptography", "jinja2", "dns", "publicsuffixlist"} & set(loaded)


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


def test_public_function_serves_a_credential_page() -> None:
    laurel = seeded()
    laurel.settings = replace(laurel.settings, function=Function.PUBLIC)
    assert Gateway.over(laurel).get(f"/c/{id_of('valid')}", accept=HTML).status == 200


def routes_of(function: Function | None) -> dict[tuple[str, str], str]:
    laurel = seeded()
    laurel.settings = replace(laurel.settings, function=function)
    return {
        (path, method): entry.view_function.function
        for path, methods in create_app(laurel).routes.items()
        for method, entry in methods.items()
    }
