"""Looking at what was given up on, and trying it again."""

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


def test_what_was_given_up_on_is_listed_with_its_reason(run: Run) -> None:
    ran = run("task", "list", "--json")
    assert ran.code == 0
    assert {(row["kind"], row["issuer"], row["subject"], row["code"]) for row in ran.rows} == {
        ("deliver", "acme", "x", "mail_unavailable"),
        ("deliver", "other", "y", "mail_unavailable"),
        ("job", "acme", "z", "mail_unavailable"),
    }
    assert words(run("task", "list", "--issuer", "acme", "--kind", "deliver").out)[-1][2:5] == ["deliver", "acme", "x"]


def test_what_is_asked_for_is_due_again_and_nothing_else(run: Run, services: FakeServices) -> None:
    ran = run("task", "retry", "--kind", "deliver", "--json")
    assert (ran.code, sorted(row["subject"] for row in ran.rows)) == (0, ["x", "y"])
    assert sorted(task.subject for task in services.tasks.due(services.clock(), 10)) == ["x", "y"]
    assert [one.task.subject for one in services.tasks.dead_letters(10)] == ["z"]


def test_what_is_dropped_is_forgotten(run: Run, services: FakeServices) -> None:
    assert run("task", "delete", "--all").code == 0
    assert list(services.tasks.dead_letters(10)) == list(services.tasks.due(services.clock(), 10)) == []


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_all_of_them_has_to_be_said(run: Run, services: FakeServices, verb: str) -> None:
    assert run("task", verb).code == 2
    assert len(list(services.tasks.dead_letters(10))) == 3


def test_nothing_to_retry_is_no_success(run: Run) -> None:
    assert run("task", "retry", "--issuer", "nobody").code == 1
