"""From a sign-in to a withdrawn credential, by the deployed functions under their roles: a missing grant fails here."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from local.package import ROOT
from local.stack import ADA
from tests.conftest import RunningStack
from tests.stack import jobs
from tests.stack.test_edge import PNG, Answer, ask, picture

HTML = "text/html,application/xhtml+xml"
FORM = "application/x-www-form-urlencoded"
ISSUER = "harbour-college"
HOLDER = "grace@example.org"


def cli(stack: RunningStack, *arguments: str) -> dict[str, Any]:
    """What a command says, as its first row."""
    command = [sys.executable, "-m", "cli", *arguments, "--json"]
    env = {**os.environ, **stack.local.environment()}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return row


class Program:
    """A program of an issuer."""

    def __init__(self, stack: RunningStack, token: str) -> None:
        self._stack = stack
        self._token = token

    def __call__(self, method: str, path: str, sent: object = None, **headers: str) -> Answer:
        body = None if sent is None else json.dumps(sent).encode()
        headers = {"authorization": f"Bearer {self._token}", "content_type": "application/json", **headers}
        return ask(self._stack, path, method, body, **headers)


class Browser:
    """A browser with cookies."""

    def __init__(self, stack: RunningStack) -> None:
        self._stack = stack
        self.cookies: dict[str, str] = {}

    def __call__(self, path: str, **fields: str) -> Answer:
        said = {"accept": HTML, "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields:
            said |= {"content_type": FORM, "origin": self._stack.url, "sec_fetch_site": "same-origin"}
        body = urlencode(fields).encode() if fields else None
        answer = ask(self._stack, path, "POST" if fields else "GET", body, **said)
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


@pytest.fixture(scope="module")
def program(stack: RunningStack) -> Program:
    return Program(stack, cli(stack, "token", "create", ISSUER, "--name", "test", "--role", "owner")["token"])


@pytest.fixture(scope="module")
def issued(program: Program) -> Iterator[dict[str, Any]]:
    (achievement, *_) = program("GET", "/v1/achievements").json["items"]
    award = {"achievement": achievement["id"], "holder": {"name": "Grace Osei", "email": HOLDER}}
    answers = [program("POST", "/v1/credentials", award, idempotency_key="stack-1") for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201], answers[0].body
    assert answers[0].json == answers[1].json
    return answers[0].json


def letters(stack: RunningStack, to: str) -> list[str]:
    """The text of each letter to an address, as the pages under /_mail show it."""
    found = []
    for path in dict.fromkeys(re.findall(r'"(/_mail/[^"]+)"', ask(stack, "/_mail", accept=HTML).body.decode())):
        page = ask(stack, path, accept=HTML).body.decode()
        if to in page:
            found.append(page)
    return found


def test_a_person_signs_in_by_the_link_in_a_letter(stack: RunningStack) -> None:
    browser = Browser(stack)
    assert browser("/sign-in", email=ADA, next="/console").status == 200
    link = next(found[1] for page in letters(stack, ADA) if (found := re.search(r"(/sign-in/[\w.~-]{16,})", page)))
    assert browser(link).status == 200
    signed_in = browser(link, go="1")
    assert (signed_in.status, urlsplit(signed_in.headers["Location"]).path) == (303, "/console")
    assert len(signed_in.headers.get_all("Set-Cookie") or ()) >= 2
    page = browser(f"/console/{ISSUER}")
    assert page.status == 200
    assert "Harbour College" in page.body.decode()
    assert Browser(stack)(link, go="1").status != 303, "a link signs in once"


def test_an_achievement_is_made_by_a_program(stack: RunningStack, program: Program) -> None:
    seen = ask(stack, picture(stack)).body
    assert seen.startswith(PNG)
    made = program("POST", "/v1/achievements", {
        "name": "Knots", "description": "Ties twelve knots.", "criteria": "Twelve knots, blindfolded.",
        "image": {"png": base64.b64encode(seen).decode(), "alt": "A white hook"},
    })  # fmt: skip
    assert made.status == 201, made.body
    assert program("GET", f"/v1/achievements/{made.json['id']}").json["name"] == "Knots"


def test_a_credential_that_a_program_issues_is_valid(stack: RunningStack, issued: dict[str, Any]) -> None:
    assert ask(stack, f"/v1/credentials/{issued['id']}").json["verdict"] == "valid"


def test_its_holder_gets_a_letter_once(stack: RunningStack, issued: dict[str, Any]) -> None:
    for _ in range(2):
        jobs.run(stack, "RunTasks")
    (letter,) = letters(stack, HOLDER)
    assert issued["id"] in letter


def test_what_is_revoked_says_so_at_the_next_view(
    stack: RunningStack, program: Program, issued: dict[str, Any]
) -> None:
    revoked = program("POST", f"/v1/credentials/{issued['id']}/revoke", {"reason": "Issued by mistake"})
    assert (revoked.status, revoked.json.get("changed")) == (200, True), revoked.body
    assert ask(stack, f"/v1/credentials/{issued['id']}").json["verdict"] == "revoked"


def test_an_issuer_is_founded_with_a_key_of_its_own(stack: RunningStack) -> None:
    operator = Program(stack, cli(stack, "operator", "create", "--name", "test")["token"])
    new = {"id": "new-school", "name": "New", "url": "https://new.example/", "description": "New here.", "owner": ADA}
    founded = operator("POST", "/v1/issuers", new)
    assert founded.status == 201, founded.body
    assert ask(stack, "/issuers/new-school/did.json").status == 200


@pytest.mark.parametrize("path", ["/nowhere", "/no/such/place", "/wp-login.php"])
def test_a_person_at_no_address_gets_a_page(stack: RunningStack, path: str) -> None:
    sent = ask(stack, path, accept=HTML)
    assert (sent.status, sent.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert b"<h1" in sent.body
