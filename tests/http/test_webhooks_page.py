"""Run the samples of docs/webhooks.md and check that their messages are issued."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest

from chalicelib.access.roles import Role
from chalicelib.award.webhooks.webhook import Outcome
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import as_token

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()

# The example event in Instructure's documentation, "Canvas event format: course_completed", without the members that
# the mapping does not use.
CANVAS: dict[str, Any] = {
    "metadata": {"event_name": "course_completed", "event_time": "2019-11-01T19:11:26.615Z", "producer": "canvas"},
    "body": {
        "course": {"account_id": "79", "id": "565", "name": "Computer Science I"},
        "progress": {
            "completed_at": "2019-11-05T13:38:00.218Z",
            "next_requirement_url": "http://oxana.instructure.com/courses/565/modules/items/12345",
            "requirement_completed_count": 6,
            "requirement_count": 6,
        },
        "user": {"email": "inewton@example.com", "id": "123", "name": "Isaac Newton"},
    },
}


def samples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


class Receiver:
    """The issuer Fernhill with a webhook created from the page."""

    def __init__(self, laurel: Laurel, client: Gateway, name: str) -> None:
        # The samples use the system clock.
        laurel.now = datetime.now(UTC)
        draft = next(webhook for webhook in map(json.loads, samples("json")) if webhook["name"] == name)
        achievement = next(iter(laurel.issuer_store.achievements("fernhill"))).id
        draft |= {"dry_run": False, "courses": dict.fromkeys(draft["courses"], achievement)}
        created = client.post("/v1/webhooks", json.dumps(draft).encode(), **as_token(laurel, "fernhill", Role.OWNER))
        assert created.status == 201, created.text
        self.client, self.laurel, self.webhook = client, laurel, created.json

    def receive(self, headers: dict[str, str], body: bytes) -> Response:
        named = {name.lower().replace("-", "_"): value for name, value in headers.items()}
        return self.client.post(self.webhook["url"].removeprefix(BASE_URL), body, **named)

    def assert_issued(self, response: Response, holder: str, start: str) -> None:
        assert response.status == 200, response.text
        assert response.json["outcome"] == Outcome.ISSUED
        shown = self.client.get(f"/v1/credentials/{response.json['credential']['id']}").json
        assert shown["credential"]["holder"]["name"] == holder
        assert shown["credential"]["valid_from"] == start


def test_shell_sample_is_issued(laurel: Laurel, client: Gateway, tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine")
    receiver = Receiver(laurel, client, "LMS")
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\nfor each in "$@"; do printf "%s\\0" "$each"; done\n')
    curl.chmod(0o755)
    env = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "WEBHOOK_URL": receiver.webhook["url"],
        "WEBHOOK_SECRET": receiver.webhook["secret"],
    }
    [script] = [sample for sample in samples("sh") if "openssl" in sample]
    process = subprocess.run(["sh", "-eu", "-c", script], env=env, capture_output=True, check=True)
    sent = process.stdout.decode().split("\0")[:-1]
    assert sent.pop(0) == "-sS"
    assert sent.pop() == receiver.webhook["url"]
    pairs = list(zip(sent[::2], sent[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in pairs if option == "-H")
    [body] = [value for option, value in pairs if option == "--data-binary"]
    receiver.assert_issued(receiver.receive(headers, body.encode()), "Ada Nwosu", "2026-11-20T16:00:00Z")


def test_canvas_sample_is_issued_once_when_the_event_repeats(
    laurel: Laurel, client: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(laurel, client, "Canvas")

    class Reply:
        def __init__(self, request: urllib.request.Request) -> None:
            assert request.full_url == receiver.webhook["url"]
            assert isinstance(request.data, bytes)
            self.response = receiver.receive(dict(request.header_items()), request.data)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def read(self) -> Response:
            return self.response

    monkeypatch.setattr(urllib.request, "urlopen", lambda request, timeout: Reply(request))
    names: dict[str, Any] = {}
    exec(compile(samples("python")[0], "docs/webhooks.md", "exec"), names)  # noqa: S102 - our own page
    first = names["send"](CANVAS, receiver.webhook["url"], receiver.webhook["secret"])
    receiver.assert_issued(first, "Isaac Newton", "2019-11-05T13:38:00Z")
    later = {**CANVAS, "body": {**CANVAS["body"], "progress": {"completed_at": "2019-11-06T13:38:00.218Z"}}}
    assert names["send"](later, receiver.webhook["url"], receiver.webhook["secret"]).json == first.json


def test_zapier_sample_is_issued(laurel: Laurel, client: Gateway) -> None:
    if not shutil.which("node"):
        pytest.skip("no node on this machine")
    receiver = Receiver(laurel, client, "LMS")
    input_data = {
        "url": receiver.webhook["url"],
        "secret": receiver.webhook["secret"],
        "course": "DA-101",
        "first_name": "Ada",
        "last_name": "Nwosu",
        "email": " Ada@Example.org",
        "completed_at": "2026-11-20T16:00:00Z",
    }
    script = (
        f"const inputData = {json.dumps(input_data)};\n"
        "const fetch = async (url, sent) => { console.log(JSON.stringify([url, sent]));"
        " return {ok: true, json: async () => ({})}; };\n"
        f"(async () => {{\n{samples('js')[0]}\n}})();"
    )
    process = subprocess.run(["node", "-e", script], capture_output=True, check=True, text=True)
    url, sent = json.loads(process.stdout)
    assert (url, sent["method"]) == (receiver.webhook["url"], "POST")
    receiver.assert_issued(
        receiver.receive(sent["headers"], sent["body"].encode()), "Ada Nwosu", "2026-11-20T16:00:00Z"
    )


def test_documented_error_codes_have_the_documented_status() -> None:
    from chalicelib.http.core.problem import KINDS

    table = PAGE.split("| response | meaning |")[1].split("\n\n")[0]
    statuses = re.findall(r"`(\d{3})` `([a-z_]+)`", table)
    assert len(statuses) > 6
    assert all(KINDS[code].status == int(status) for status, code in statuses)
