"""A hook and a pathway, by the deployed functions: told from a shell as docs/webhooks.md shows, then awarded."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from typing import Any

import pytest

from local.package import ROOT
from tests.conftest import RunningStack
from tests.stack import jobs
from tests.stack.test_award import HTML, ISSUER, Program, cli
from tests.stack.test_edge import ask, picture

EMAIL = "ada@example.org"
PAGE = (ROOT / "docs" / "webhooks.md").read_text()


@pytest.fixture(scope="module")
def program(stack: RunningStack) -> Program:
    return Program(stack, cli(stack, "token", "create", ISSUER, "--name", "paths", "--role", "owner")["token"])


@pytest.fixture(scope="module")
def earned(stack: RunningStack, program: Program) -> dict[str, str]:
    """Three achievements, by name."""
    png = base64.b64encode(ask(stack, picture(stack)).body).decode()
    made = {}
    for name in ("First", "Second", "Both"):
        draft = {"name": name, "description": "Can.", "criteria": "Did.", "image": {"png": png, "alt": "A hook"}}
        made[name] = program("POST", "/v1/achievements", draft).json["id"]
    return made


@pytest.fixture(scope="module")
def pathway(program: Program, earned: dict[str, str]) -> str:
    second = {"achievement": earned["Second"], "url": "https://harbour.example/sign-up"}
    root = {"in_order": [{"achievement": earned["First"]}, second]}
    draft = {"name": "Both ways", "description": "Two.", "root": root, "reward": earned["Both"]}
    made = program("POST", "/v1/pathways", draft)
    assert made.status == 201, made.body
    return made.json["id"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def told(stack: RunningStack, program: Program, earned: dict[str, str], pathway: str) -> dict[str, Any]:
    """What the sample for the shell is answered."""
    draft = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
    made = program("POST", "/v1/webhooks", {**draft, "dry_run": False, "courses": {"DA-101": earned["First"]}})
    assert made.status == 201, made.body
    sample = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[0]
    env = {**os.environ, "WEBHOOK_URL": made.json["url"], "WEBHOOK_SECRET": made.json["secret"]}
    answers = [
        subprocess.run(["sh", "-eu", "-c", sample], env=env, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    answer: dict[str, Any] = json.loads(answers[0])
    kept = program("GET", f"/v1/webhooks/{made.json['id']}").json["deliveries"]
    assert [each["outcome"] for each in kept] == ["issued", "issued"]
    return answer


def test_a_message_from_a_shell_is_issued_once(stack: RunningStack, told: dict[str, Any]) -> None:
    assert told["outcome"] == "issued"
    assert ask(stack, f"/v1/credentials/{told['credential']['id']}").json["verdict"] == "valid"


def test_its_page_names_the_next_step(stack: RunningStack, told: dict[str, Any]) -> None:
    page = ask(stack, f"/c/{told['credential']['id']}", accept=HTML).body.decode()
    assert "Both ways" in page
    assert "https://harbour.example/sign-up" in page


def test_the_worker_awards_what_the_pathway_earns(
    stack: RunningStack, program: Program, told: dict[str, Any], earned: dict[str, str], pathway: str
) -> None:
    award = {"achievement": earned["Second"], "holder": {"name": "Ada Nwosu", "email": EMAIL}, "notify": False}
    assert program("POST", "/v1/credentials", award).status == 201
    jobs.run(stack, "RunTasks")
    seen = program("GET", f"/v1/pathways/{pathway}/progress?email={EMAIL}").json
    assert (seen["complete"], seen["done"]) == (True, 2)
    shown = ask(stack, f"/v1/credentials/{seen['completed']['reward']}").json
    assert shown["verdict"] == "valid"
    assert told["credential"]["url"] in [item["url"] for item in shown["credential"]["evidence"]]
