"""Commands for pathways and webhooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.award.webhooks import signature as webhooks
from chalicelib.award.webhooks.receive import receive_message
from chalicelib.award.webhooks.signature import Message, read_secret
from tests.cli.conftest import FakeServices, Run, words

WEBHOOK: dict[str, Any] = {
    "name": "LMS",
    "fields": {"name": "/name", "email": "/email", "course": "/course", "completed": {"at": "/done", "is": True}},
}


@pytest.fixture
def write_json(tmp_path: Path) -> Any:
    def write(document: object) -> Path:
        path = tmp_path / "document.json"
        path.write_text(json.dumps(document))
        return path

    return write


@pytest.fixture
def pathway(run: Run, achievement: str, write_json: Any) -> str:
    draft = {"name": "To welder", "description": "One step.", "root": {"all": [{"achievement": achievement}]}}
    result = run("pathway", "create", "acme", write_json(draft), "--json")
    assert result.code == 0, result.err
    return result.rows[0]["id"]  # type: ignore[no-any-return]


def test_pathway_is_created_listed_and_updated(run: Run, pathway: str, achievement: str, write_json: Any) -> None:
    assert words(run("pathway", "list", "acme").out)[1] == [pathway, "To", "welder", "1", "no"]
    [row] = run("pathway", "list", "acme", "--json").rows
    changed = run("pathway", "update", "acme", pathway, write_json({**row, "name": "Another"}))
    assert (changed.code, "Another, version 2" in changed.out) == (0, True)


def test_backfill_completes_earlier_holders_once(run: Run, achievement: str, pathway: str) -> None:
    for name in ("Ada", "Bob"):
        run("credential", "issue", "acme", achievement, "--name", name, "--email", f"{name}@example.org")
    run("credential", "issue", "acme", achievement, "--name", "Nobody")
    first = run("pathway", "backfill", "acme", pathway, "--json")
    assert sorted(row["email"] for row in first.rows) == ["ada@example.org", "bob@example.org"]
    assert run("pathway", "backfill", "acme", pathway, "--json").rows == []


def test_progress_and_completions_are_shown(run: Run, achievement: str, pathway: str) -> None:
    assert run("pathway", "progress", "acme", pathway, "ada@example.org").out.startswith("0 of 1 steps\n  > all of:")
    issued = run("credential", "issue", "acme", achievement, "--name", "Ada", "--email", "ada@example.org", "--json")
    run("pathway", "backfill", "acme", pathway)
    shown = run("pathway", "progress", "acme", pathway, "Ada@example.org").out
    assert shown.startswith("1 of 1 steps, completed ")
    assert "    + Welding" in shown
    assert run("pathway", "completions", "acme", pathway, "--unsupported").out == ""
    run("credential", "revoke", issued.rows[0]["id"])
    shown = run("pathway", "completions", "acme", pathway, "--unsupported").out
    assert words(shown)[-1][-2:] == ["no", issued.rows[0]["id"]]


def test_error_in_a_file_is_reported_with_its_pointer(run: Run, issuer: str, write_json: Any, tmp_path: Path) -> None:
    result = run("pathway", "create", issuer, write_json({"name": "x", "description": "y", "root": {"any": []}}))
    assert (result.code, "/root/any" in result.err) == (2, True)
    assert run("pathway", "create", issuer, tmp_path / "missing.json").code == 2


def test_webhook_is_created_called_listed_updated_and_deleted(
    run: Run, services: FakeServices, achievement: str, write_json: Any
) -> None:
    [created] = run("webhook", "create", "acme", write_json({**WEBHOOK, "courses": {"W1": achievement}}), "--json").rows
    body = json.dumps({"name": "Ada", "email": "ada@example.org", "course": "W1", "done": True}).encode()
    at = int(services.clock().timestamp())
    signature = webhooks.sign("msg_1", at, body, read_secret(created["secret"]))
    webhook = services.webhooks.webhook("acme", created["id"])
    message = Message("msg_1", str(at), signature, body)
    answer = receive_message(services.issuer_context, services.webhooks, webhook, message)
    [delivery] = run("webhook", "deliveries", "acme", created["id"], "--json").rows
    assert (delivery["outcome"], delivery["credential"]) == ("issued", answer.credential_id)
    assert delivery["message_id"] == "msg_1"
    assert "Message id" in run("webhook", "deliveries", "acme", created["id"]).out
    assert created["secret"] not in run("webhook", "list", "acme").out + run("webhook", "list", "acme", "--json").out
    [rotated] = run("webhook", "rotate-secret", "acme", created["id"], "--json").rows
    assert rotated["secret"] != created["secret"]
    changed = run("webhook", "update", "acme", created["id"], write_json({**WEBHOOK, "dry_run": True}))
    assert "(dry run)" in changed.out
    assert run("webhook", "delete", "acme", created["id"]).code == 0
    assert run("webhook", "deliveries", "acme", created["id"]).code == 1


def test_webhook_is_also_found_by_the_id_in_its_url(run: Run, achievement: str, write_json: Any) -> None:
    [created] = run("webhook", "create", "acme", write_json({**WEBHOOK, "courses": {"W1": achievement}}), "--json").rows
    in_url = created["url"].rpartition("/")[2]
    assert in_url == f"acme.{created['id']}"
    assert run("webhook", "deliveries", "acme", in_url).code == 0
    assert run("webhook", "deliveries", "acme", f"other.{created['id']}").code == 1
    assert run("webhook", "update", "acme", in_url, write_json({**WEBHOOK, "dry_run": True})).code == 0
    assert run("webhook", "rotate-secret", "acme", in_url).code == 0
    assert run("webhook", "delete", "acme", in_url, "--json").rows == [{"id": created["id"], "outcome": "deleted"}]
