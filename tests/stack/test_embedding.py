"""Embedded credentials on the running stack: a real oEmbed consumer, and how long a cache can hide a revocation."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.http.embed.images import IMAGE_SECONDS
from chalicelib.http.embed.widgets import WIDGET_SECONDS
from tests.conformance.peer import ROOT
from tests.conftest import RunningStack
from tests.stack.test_edge import Answer, send_request
from tests.stack.test_issuing import ISSUER, ApiClient, cli

MAX_SECONDS = {
    "page": 0, "report": 0, "frame": 60, "data": 60, "svg": IMAGE_SECONDS, "png": IMAGE_SECONDS, "oembed": 3600,
}  # fmt: skip
"""The longest time that each form may be out of date (docs/embedding.md, "What a cache hides")."""
_PAUSES = re.compile(r"s-maxage|stale-while-revalidate|stale-if-error|immutable")
"""Directives with which a cache could show an old form for longer than `max-age`."""


@pytest.fixture(scope="module")
def owner(stack: RunningStack) -> ApiClient:
    return ApiClient(stack, cli(stack, "token", "create", ISSUER, "--name", "embedding", "--role", "owner")["token"])


def issue(owner: ApiClient) -> str:
    (achievement, *_) = owner("GET", "/v1/achievements").json["items"]
    draft = {"achievement": achievement["id"], "holder": {"name": "Grace Osei"}}
    answer = owner("POST", "/v1/credentials", draft, idempotency_key=str(uuid.uuid4()))
    assert answer.status == 201, answer.body
    return str(answer.json["id"])


def forms(stack: RunningStack, name: str) -> dict[str, Answer]:
    """Every form of the credential, as a reader without a cache gets it."""
    paths = {
        "page": f"/c/{name}",
        "report": f"/v1/credentials/{name}/report",
        "frame": f"/embed/{name}",
        "data": f"/embed/{name}?format=json",
        "svg": f"/badge/{name}.svg",
        "png": f"/badge/{name}@2x.png",
        "oembed": f"/oembed?url={stack.url}/c/{name}",
    }
    accept = {"page": "text/html"}
    return {form: send_request(stack, path, accept=accept.get(form, "*/*")) for form, path in paths.items()}


def seconds(answer: Answer) -> int:
    """How long a cache may keep ``answer`` (RFC 9111, 4.2.1 and 5.2.2)."""
    directives = answer.headers["Cache-Control"]
    assert not _PAUSES.search(directives)
    assert answer.headers["Age"] is None
    found = re.search(r"max-age=(\d+)", directives)
    return int(found[1]) if found else 0 if re.search("no-store|no-cache", directives) else 10**9


def test_revocation_reaches_every_form_within_its_stated_time(stack: RunningStack, owner: ApiClient) -> None:
    name = issue(owner)
    before = forms(stack, name)
    assert {form: answer.status for form, answer in before.items()} == dict.fromkeys(before, 200)
    assert {form: seconds(answer) <= MAX_SECONDS[form] for form, answer in before.items()} == dict.fromkeys(
        before, True
    )
    assert seconds(before["frame"]) == seconds(before["data"]) == WIDGET_SECONDS
    revoked = owner("POST", f"/v1/credentials/{name}/revoke", {"reason": "Issued to the wrong person."})
    assert revoked.status == 200, revoked.body
    after = forms(stack, name)
    assert (after["report"].json["verdict"], after["data"].json["verdict"]) == ("revoked", "revoked")
    for form in ("page", "frame", "svg"):
        assert "Revoked" in after[form].body.decode(), form
        assert "Revoked" not in before[form].body.decode(), form
    assert before["png"].body != after["png"].body
    assert before["oembed"].body == after["oembed"].body, "it contains no verdict, so it may be kept for longer"


@pytest.mark.parametrize("form", ["frame", "data", "svg", "png"])
def test_a_cache_that_asks_again_does_not_keep_the_old_form(stack: RunningStack, owner: ApiClient, form: str) -> None:
    """An ETag of the valid credential must not match the revoked one."""
    name = issue(owner)
    path = {"frame": f"/embed/{name}", "data": f"/embed/{name}?format=json", "svg": f"/badge/{name}.svg"}
    asked = path.get(form, f"/badge/{name}.png")
    tag = send_request(stack, asked).headers["ETag"]
    assert owner("POST", f"/v1/credentials/{name}/revoke", {}).status == 200
    headers = {"if_none_match": tag} if tag else {}
    assert send_request(stack, asked, **headers).status == 200


@pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "unfurl.js").is_dir(),
    reason="NO CONSUMER: needs node and `npm ci`, so unfurling a link was not checked",
)
@pytest.mark.parametrize(("kind", "title"), [("valid", True), ("revoked", True), ("tampered", False)])
def test_consumer_unfurls_a_link(stack: RunningStack, kind: str, title: bool) -> None:
    url = stack.demo[kind]["url"]
    found = unfurled(url)
    assert found["oEmbed"]["type"] == "rich"
    assert f"/embed/{urlsplit(url).path.rpartition('/')[2]}" in found["oEmbed"]["html"]
    assert found["canonical_url"] == url
    assert (found["oEmbed"]["title"] != "A credential") is title
    assert not re.search("valid|revoked", json.dumps([found["oEmbed"], found["open_graph"]["title"]]).replace(url, ""))


def unfurled(url: str) -> dict[str, Any]:
    command = ["node", str(ROOT / "tools" / "peer" / "unfurl.mjs"), url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
