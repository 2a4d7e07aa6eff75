"""Commands for dead letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.tasks.task_queue import Task
from tests.cli.conftest import FakeServices, Run, words


@pytest.fixture(autouse=True)
def dead_letters(services: FakeServices) -> None:
    now = services.clock()
    for kind, issuer, subject in (("deliver", "acme", "x"), ("deliver", "other", "y"), ("job", "acme", "z")):
        task = Task(kind, issuer, subject, now - timedelta(days=1))
        services.tasks.add([task])
        assert services.tasks.claim(task, now)
        services.tasks.move_to_dead_letters(replace(task, attempts=1), "mail_unavailable", now)


def test_dead_letters_are_listed_with_their_error_code(run: Run) -> None:
    result = run("task", "list", "--json")
    assert result.code == 0
    assert {(row["kind"], row["issuer"], row["subject"], row["code"]) for row in result.rows} == {
        ("deliver", "acme", "x", "mail_unavailable"),
        ("deliver", "other", "y", "mail_unavailable"),
        ("job", "acme", "z", "mail_unavailable"),
    }
    assert words(run("task", "list", "--issuer", "acme", "--kind", "deliver").out)[-1][2:5] == ["deliver", "acme", "x"]


def test_only_selected_dead_letters_are_retried(run: Run, services: FakeServices) -> None:
    result = run("task", "retry", "--kind", "deliver", "--json")
    assert (result.code, sorted(row["subject"] for row in result.rows)) == (0, ["x", "y"])
    assert sorted(task.subject for task in services.tasks.due(services.clock(), 10)) == ["x", "y"]
    assert [one.task.subject for one in services.tasks.dead_letters(10)] == ["z"]


def test_deleted_dead_letters_are_removed(run: Run, services: FakeServices) -> None:
    assert run("task", "delete", "--all").code == 0
    assert list(services.tasks.dead_letters(10)) == list(services.tasks.due(services.clock(), 10)) == []


@pytest.mark.parametrize("verb", ["retry", "delete"])
def test_selecting_all_must_be_explicit(run: Run, services: FakeServices, verb: str) -> None:
    assert run("task", verb).code == 2
    assert len(list(services.tasks.dead_letters(10))) == 3


def test_retry_without_matches_exits_with_1(run: Run) -> None:
    assert run("task", "retry", "--issuer", "nobody").code == 1
