"""A webhook and a pathway through the deployed functions. A shell calls the webhook as docs/webhooks.md shows."""

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
from tests.stack.test_edge import image_path, send_request
from tests.stack.test_issuing import HTML, ISSUER, ApiClient, cli

EMAIL = "ada@example.org"
PAGE = (ROOT / "docs" / "webhooks.md").read_text()


@pytest.fixture(scope="module")
def api_client(stack: RunningStack) -> ApiClient:
    return ApiClient(stack, cli(stack, "token", "create", ISSUER, "--name", "paths", "--role", "owner")["token"])


@pytest.fixture(scope="module")
def achievements(stack: RunningStack, api_client: ApiClient) -> dict[str, str]:
    """The ids of three achievements by name."""
    png = base64.b64encode(send_request(stack, image_path(stack)).body).decode()
    created = {}
    for name in ("First", "Second", "Both"):
        draft = {"name": name, "description": "Can.", "criteria": "Did.", "image": {"png": png, "alt": "A hook"}}
        created[name] = api_client("POST", "/v1/achievements", draft).json["id"]
    return created


@pytest.fixture(scope="module")
def pathway(api_client: ApiClient, achievements: dict[str, str]) -> str:
    second = {"achievement": achievements["Second"], "url": "https://harbour.example/sign-up"}
    root = {"in_order": [{"achievement": achievements["First"]}, second]}
    draft = {"name": "Both ways", "description": "Two.", "root": root, "reward": achievements["Both"]}
    created = api_client("POST", "/v1/pathways", draft)
    assert created.status == 201, created.body
    return created.json["id"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def webhook_response(
    stack: RunningStack, api_client: ApiClient, achievements: dict[str, str], pathway: str
) -> dict[str, Any]:
    """The response to the shell sample."""
    draft = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
    created = api_client(
        "POST", "/v1/webhooks", {**draft, "dry_run": False, "courses": {"DA-101": achievements["First"]}}
    )
    assert created.status == 201, created.body
    [sample] = [block for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "openssl" in block]
    env = {**os.environ, "WEBHOOK_URL": created.json["url"], "WEBHOOK_SECRET": created.json["secret"]}
    answers = [
        subprocess.run(["sh", "-eu", "-c", sample], env=env, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    answer: dict[str, Any] = json.loads(answers[0])
    deliveries = api_client("GET", f"/v1/webhooks/{created.json['id']}").json["deliveries"]
    assert [each["outcome"] for each in deliveries] == ["issued", "issued"]
    return answer


def test_webhook_message_from_a_shell_is_issued_once(stack: RunningStack, webhook_response: dict[str, Any]) -> None:
    assert webhook_response["outcome"] == "issued"
    assert send_request(stack, f"/v1/credentials/{webhook_response['credential']['id']}").json["verdict"] == "valid"


def test_credential_page_names_the_next_step(stack: RunningStack, webhook_response: dict[str, Any]) -> None:
    page = send_request(stack, f"/c/{webhook_response['credential']['id']}", accept=HTML).body.decode()
    assert "Both ways" in page
    assert "https://harbour.example/sign-up" in page


def test_worker_issues_the_reward_of_a_completed_pathway(
    stack: RunningStack,
    api_client: ApiClient,
    webhook_response: dict[str, Any],
    achievements: dict[str, str],
    pathway: str,
) -> None:
    draft = {"achievement": achievements["Second"], "holder": {"name": "Ada Nwosu", "email": EMAIL}, "notify": False}
    assert api_client("POST", "/v1/credentials", draft).status == 201
    jobs.run(stack, "RunTasks")
    progress = api_client("GET", f"/v1/pathways/{pathway}/progress?email={EMAIL}").json
    assert (progress["complete"], progress["done"]) == (True, 2)
    shown = send_request(stack, f"/v1/credentials/{progress['completed']['reward']}").json
    assert shown["verdict"] == "valid"
    assert webhook_response["credential"]["url"] in [item["url"] for item in shown["credential"]["evidence"]]
