"""What a cold start on Lambda loads, and when it loads the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

from chalice.local import LambdaContext

from chalicelib.http.app import create_app
from tests.http.gateway import HTML, Gateway
from tests.http.world import id_of, seeded

STARTED = """
import json, sys
from chalicelib import settings
from chalicelib.http.app import create_app
from chalicelib.http.core.log import LogFallback
from chalicelib.services import build

names = ("STAGE", "BASE_URL", "CREDENTIALS_TABLE", "EVENTS_TABLE", "SECRETS_TABLE", "HOST_KEY_ID", "AWS_REGION")
read = settings.read({**dict.fromkeys(names, "x"), "AWS_LAMBDA_FUNCTION_NAME": "api"})
app = create_app(build(read, fallback=LogFallback()))
print(json.dumps([sorted(app.routes), sorted(sys.modules)]))
"""


def test_a_credentials_page_does_not_wait_for_what_issuers_need() -> None:
    ran = subprocess.run([sys.executable, "-c", STARTED], check=True, capture_output=True, text=True)
    routes, loaded = json.loads(ran.stdout)
    assert {"/", "/c/{id}", "/v1/verify", "/status/{list}"} <= set(routes)
    assert "/v1/achievements" not in routes
    for late in (
        "award.issue",
        "award.jobs",
        "access.sessions",
        "delivery.delivering",
        "http.console",
        "dynamo.ledger",
    ):
        assert f"chalicelib.{late}" not in loaded
    assert not {"jwt", "nacl", "jinja2", "dns"} & set(loaded)


def test_on_lambda_all_routes_are_there_once_one_of_the_others_is_asked_for() -> None:
    laurel = seeded()
    whole = set(create_app(laurel).routes)
    laurel.settings = replace(laurel.settings, on_lambda=True)
    app = create_app(laurel)
    first = Gateway(app)
    assert first.get(f"/c/{id_of('valid')}", accept=HTML).status == 200
    assert set(app.routes) < whole
    event = first.event("GET", "/", None, True, {"accept": HTML})
    event["requestContext"]["resourcePath"] = "/sign-in"  # type: ignore[index]
    assert app(event, LambdaContext("laurel", 1024))["statusCode"] == 200
    assert set(app.routes) == whole
