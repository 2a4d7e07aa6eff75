"""Pathways and hooks on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.award.webhooks import signature as webhooks
from chalicelib.award.webhooks.receive import receive_message
from chalicelib.award.webhooks.signature import Message, read_secret
from tests.cli.conftest import FakeServices, Run, words

HOOK: dict[str, Any] = {
    "name": "LMS",
    "fields": {"name": "/name", "email": "/email", "course": "/course", "completed": {"at": "/done", "is": True}},
}


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(document: object) -> Path:
        path = tmp_path / "document.json"
        path.write_text(json.dumps(document))
        return path

    return write


@pytest.fixture
def pathway(run: Run, achievement: str, written: Any) -> str:
    draft = {"name": "To welder", "description": "One step.", "root": {"all": [{"achievement": achievement}]}}
    ran = run("pathway", "create", "acme", written(draft), "--json")
    assert ran.code == 0, ran.err
    return ran.rows[0]["id"]  # type: ignore[no-any-return]


def test_a_pathway_is_written_changed_and_listed(run: Run, pathway: str, achievement: str, written: Any) -> None:
    assert words(run("pathway", "list", "acme").out)[-1] == [pathway, "To", "welder", "1", "no"]
    [row] = run("pathway", "list", "acme", "--json").rows
    changed = run("pathway", "update", "acme", pathway, written({**row, "name": "Another"}))
    assert (changed.code, "Another, version 2" in changed.out) == (0, True)


def test_who_had_the_steps_before_is_awarded_once(run: Run, achievement: str, pathway: str) -> None:
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


def test_a_fault_in_a_file_is_named_with_its_place(run: Run, issuer: str, written: Any, tmp_path: Path) -> None:
    ran = run("pathway", "create", issuer, written({"name": "x", "description": "y", "root": {"any": []}}))
    assert (ran.code, "/root/any" in ran.err) == (2, True)
    assert run("pathway", "create", issuer, tmp_path / "missing.json").code == 2


def test_a_hook_is_made_told_looked_at_and_removed(
    run: Run, services: FakeServices, achievement: str, written: Any
) -> None:
    [made] = run("webhook", "create", "acme", written({**HOOK, "courses": {"W1": achievement}}), "--json").rows
    body = json.dumps({"name": "Ada", "email": "ada@example.org", "course": "W1", "done": True}).encode()
    at = int(services.clock().timestamp())
    signature = webhooks.sign("msg_1", at, body, read_secret(made["secret"]))
    answer = receive_message(
        services.issuer_context, services.webhooks, "acme", made["id"], Message("msg_1", str(at), signature, body)
    )
    [came] = run("webhook", "deliveries", "acme", made["id"], "--json").rows
    assert (came["outcome"], came["credential"]) == ("issued", answer.credential_id)
    assert made["secret"] not in run("webhook", "list", "acme").out + run("webhook", "list", "acme", "--json").out
    [rotated] = run("webhook", "rotate-secret", "acme", made["id"], "--json").rows
    assert rotated["secret"] != made["secret"]
    changed = run("webhook", "update", "acme", made["id"], written({**HOOK, "dry_run": True}))
    assert "(dry run)" in changed.out
    assert run("webhook", "delete", "acme", made["id"]).code == 0
    assert run("webhook", "deliveries", "acme", made["id"]).code == 1
