"""`tasks.task_queue.TaskQueue`, on the fake and on the real engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue, raw
from chalicelib.dynamo.tables import Put, Tables
from chalicelib.errors import NotFound
from chalicelib.tasks.task_queue import (
    LEASE,
    DeadLetter,
    Task,
    TaskQueue,
    lease,
)
from chalicelib.tasks.worker import TaskFailure, Worker, run
from tests import fakes

NOW = datetime(2026, 11, 22, 9, 30, 0, 250_000, UTC)
MINUTE = timedelta(minutes=1)
TASK = Task("deliver", "northwind", "a" * 26, NOW)


@pytest.fixture(params=["fake", "real"])
def tasks(request: pytest.FixtureRequest) -> TaskQueue:
    return fakes.TaskQueue() if request.param == "fake" else DynamoTaskQueue(request.getfixturevalue("tables"))


def claimed(tasks: TaskQueue, task: Task = TASK, now: datetime = NOW) -> Task:
    tasks.add([task])
    assert tasks.claim(task, now)
    return replace(task, attempts=task.attempts + 1)


def test_task_is_due_at_its_time_and_not_before(tasks: TaskQueue) -> None:
    tasks.add([TASK])
    assert list(tasks.due(NOW - timedelta(microseconds=1), 10)) == []
    assert list(tasks.due(NOW, 10)) == [TASK]
    assert list(tasks.due(NOW + timedelta(days=999), 10)) == [TASK]


def test_adding_a_task_twice_neither_duplicates_nor_resets_it(tasks: TaskQueue) -> None:
    tasks.add([TASK, TASK])
    assert tasks.claim(TASK, NOW)
    tasks.add([TASK])
    assert list(tasks.due(NOW, 10)) == []
    tasks.done(TASK)
    assert list(tasks.due(NOW + LEASE, 10)) == []


def test_tasks_differ_by_kind_issuer_subject_and_time(tasks: TaskQueue) -> None:
    others = [
        replace(TASK, kind="pathways"),
        replace(TASK, issuer_id="other"),
        replace(TASK, subject="b" * 26),
        replace(TASK, due=NOW - MINUTE),
        # Without escaping, these two would have the same key.
        replace(TASK, kind="a#b", issuer_id="c"),
        replace(TASK, kind="a", issuer_id="b#c"),
    ]
    tasks.add([TASK, *others])
    assert set(tasks.due(NOW, 10)) == {TASK, *others}


def test_claimed_task_is_reserved_until_its_lease_ends(tasks: TaskQueue) -> None:
    mine = claimed(tasks)
    assert list(tasks.due(NOW, 10)) == []
    assert not tasks.claim(TASK, NOW)
    assert not tasks.claim(mine, NOW + MINUTE)
    later = NOW + LEASE + timedelta(seconds=1)
    assert list(tasks.due(later, 10)) == [mine]
    assert tasks.claim(mine, later)


def test_renewed_lease_starts_again_and_only_its_worker_renews_it(tasks: TaskQueue) -> None:
    mine = claimed(tasks)
    assert tasks.renew(mine, NOW + MINUTE)
    assert list(tasks.due(NOW + LEASE + timedelta(seconds=1), 10)) == []
    later = NOW + MINUTE + LEASE + timedelta(seconds=1)
    assert tasks.claim(mine, later)
    assert not tasks.renew(mine, later)
    assert list(tasks.due(later + LEASE + timedelta(seconds=1), 10)) == [replace(mine, attempts=2)]


def test_completed_task_is_not_renewed(tasks: TaskQueue) -> None:
    mine = claimed(tasks)
    tasks.done(mine)
    assert not tasks.renew(mine, NOW)
    assert list(tasks.due(NOW + LEASE * 2, 10)) == []


def test_task_whose_workers_die_is_leased_longer_each_time(tasks: TaskQueue) -> None:
    one, now = claimed(tasks), NOW
    for attempts in range(1, 8):
        assert list(tasks.due(now + lease(attempts) - MINUTE, 10)) == []
        now += lease(attempts) + timedelta(seconds=1)
        assert tasks.claim(one, now)
        one = replace(one, attempts=one.attempts + 1)


def test_completed_task_is_deleted(tasks: TaskQueue) -> None:
    mine = claimed(tasks)
    tasks.done(mine)
    tasks.done(mine)
    assert list(tasks.due(NOW + LEASE * 2, 10)) == []
    assert not tasks.claim(mine, NOW + LEASE * 2)


def test_postponed_task_keeps_its_attempts(tasks: TaskQueue) -> None:
    mine = claimed(tasks)
    tasks.postpone(mine, NOW + MINUTE)
    assert list(tasks.due(NOW, 10)) == []
    assert list(tasks.due(NOW + MINUTE, 10)) == [replace(mine, due=NOW + MINUTE)]
    assert tasks.claim(replace(mine, due=NOW + MINUTE), NOW + MINUTE)


def test_worker_with_an_expired_lease_changes_nothing(tasks: TaskQueue) -> None:
    slow = claimed(tasks)
    later = NOW + LEASE + MINUTE
    assert tasks.claim(slow, later)
    tasks.postpone(slow, later)
    tasks.move_to_dead_letters(slow, "late", later)
    assert list(tasks.dead_letters(10)) == []
    assert list(tasks.due(later, 10)) == []
    assert list(tasks.due(later + LEASE + MINUTE, 10)) == [replace(slow, attempts=2)]


def test_completed_task_cannot_be_postponed(tasks: TaskQueue) -> None:
    mine = claimed(tasks)
    tasks.done(mine)
    tasks.postpone(mine, NOW + MINUTE)
    assert list(tasks.due(NOW + LEASE * 2, 10)) == []


def test_postponing_onto_an_existing_task_keeps_the_existing_one(tasks: TaskQueue) -> None:
    mine = claimed(tasks)
    tasks.add([replace(TASK, due=NOW + MINUTE)])
    tasks.postpone(mine, NOW + MINUTE)
    assert list(tasks.due(NOW + LEASE * 2, 10)) == [replace(TASK, due=NOW + MINUTE)]


def test_dead_letter_is_not_due_until_it_is_retried(tasks: TaskQueue) -> None:
    tasks.move_to_dead_letters(claimed(tasks), "mail_refused", NOW + MINUTE)
    assert list(tasks.due(NOW + LEASE * 2, 10)) == []
    (dead_letter,) = tasks.dead_letters(10)
    assert dead_letter == DeadLetter(Task("deliver", "northwind", "a" * 26, NOW + MINUTE, 1), "mail_refused")
    tasks.retry(dead_letter, NOW + LEASE)
    assert list(tasks.dead_letters(10)) == []
    assert list(tasks.due(NOW + LEASE, 10)) == [replace(TASK, due=NOW + LEASE)]
    with pytest.raises(NotFound):
        tasks.retry(dead_letter, NOW + LEASE + MINUTE)


def test_dropped_dead_letter_is_deleted(tasks: TaskQueue) -> None:
    tasks.move_to_dead_letters(claimed(tasks), "mail_refused", NOW)
    (dead_letter,) = tasks.dead_letters(10)
    tasks.drop(dead_letter)
    tasks.drop(dead_letter)
    assert list(tasks.dead_letters(10)) == []


def test_dead_letters_are_listed_oldest_first_with_a_limit(tasks: TaskQueue) -> None:
    for minutes in (2, 0, 1):
        tasks.move_to_dead_letters(claimed(tasks, replace(TASK, subject=str(minutes))), "x", NOW + minutes * MINUTE)
    assert [dead_letter.task.subject for dead_letter in tasks.dead_letters(2)] == ["0", "1"]


def test_oldest_due_tasks_are_returned_first(tasks: TaskQueue) -> None:
    many = [replace(TASK, due=NOW - number * MINUTE) for number in range(12)]
    tasks.add(many)
    assert list(tasks.due(NOW, 5)) == sorted(many, key=lambda task: task.due)[:5]


def test_claimed_tasks_do_not_hide_later_ones(tasks: TaskQueue) -> None:
    many = [replace(TASK, due=NOW - number * MINUTE) for number in range(6)]
    tasks.add(many)
    for task in many[1:]:
        assert tasks.claim(task, NOW)
    assert list(tasks.due(NOW, 2)) == [TASK]


def test_task_written_in_a_transaction_is_due(tables: Tables) -> None:
    tables.transact(tables.credentials, [Put(raw(TASK))])
    assert list(DynamoTaskQueue(tables).due(NOW, 10)) == [TASK]


def test_tasks_of_one_issuer_use_few_shards_and_of_many_use_all() -> None:
    of_one = {keys.task(NOW, "deliver", "northwind", str(number)).pk for number in range(200)}
    of_many = {keys.task(NOW, "deliver", f"issuer-{number}", "x").pk for number in range(2000)}
    assert (len(of_one), len(of_many)) == (keys.TASK_SPREAD, keys.TASK_SHARDS)


def test_concurrent_workers_run_each_task_once(tables: Tables) -> None:
    tasks = DynamoTaskQueue(tables)
    many = [replace(TASK, issuer_id=f"issuer-{number % 3}", subject=str(number)) for number in range(40)]
    tasks.add(many)
    handled: list[str] = []
    failures: list[TaskFailure] = []

    def work(_: int) -> None:
        run(
            Worker(tasks, {"deliver": lambda task: handled.append(task.subject)}, lambda: NOW, bytes, failures.append),
            NOW + MINUTE,
        )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert sorted(handled, key=int) == [task.subject for task in many]
    assert failures == []
    assert list(tasks.due(NOW + LEASE * 2, 100)) == []
