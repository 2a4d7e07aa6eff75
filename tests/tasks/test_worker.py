"""The task worker: at-least-once runs, fairness, retries and dead letters; a state machine of a queue with crashes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.errors import Unavailable
from chalicelib.tasks import heartbeat
from chalicelib.tasks.heartbeat import INTERVAL, Beat, threaded
from chalicelib.tasks.task_queue import LEASE, Task, lease
from chalicelib.tasks.worker import (
    FIRST_PAUSE,
    MAX_ATTEMPTS,
    MAX_PAUSE,
    READ_LIMIT,
    SLICE,
    Handler,
    RunResult,
    TaskFailure,
    Worker,
    pause,
    round_robin_by_issuer,
    run,
)
from tests import fakes
from tests.examples import examples

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ROUND = 50 * SECOND


@dataclass
class WorkerFixture:
    """A task queue, a clock that only handlers advance, and the reported failures."""

    now: datetime = START
    tasks: fakes.TaskQueue = field(default_factory=fakes.TaskQueue)
    failures: list[TaskFailure] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)

    def run(self, entropy: Callable[[int], bytes] = bytes, **handlers: Handler) -> RunResult:
        worker = Worker(self.tasks, handlers, lambda: self.now, entropy, self.failures.append, self.heart)
        return run(worker, self.now + ROUND)

    @contextmanager
    def heart(self, beat: Beat) -> Iterator[None]:
        """Beats while `pass_time` advances the clock; a worker that dies beats no more."""
        self.beats.append(beat)
        try:
            yield
        finally:
            self.beats.remove(beat)

    def pass_time(self, by: timedelta) -> None:
        """Advance the clock as it passes for a handler that works."""
        end = self.now + by
        while self.now < end:
            self.now = min(end, self.now + INTERVAL)
            for beat in list(self.beats):
                beat()


@pytest.fixture
def fixture() -> WorkerFixture:
    return WorkerFixture()


def task(subject: str = "x", issuer: str = "northwind", due: datetime = START) -> Task:
    return Task("deliver", issuer, subject, due)


def failing(_: Task) -> None:
    raise Unavailable("no", code="mail_unavailable")


def test_due_tasks_are_run_and_deleted(fixture: WorkerFixture) -> None:
    handled: list[Task] = []
    fixture.tasks.add([task("a"), task("b"), task("later", due=START + SECOND)])
    assert fixture.run(deliver=handled.append) == RunResult(done=2)
    assert [one.subject for one in handled] == ["a", "b"]
    assert list(fixture.tasks.status) == [task("later", due=START + SECOND)]


def test_first_call_of_a_handler_has_one_attempt(fixture: WorkerFixture) -> None:
    handled: list[Task] = []
    fixture.tasks.add([task()])
    fixture.run(deliver=handled.append)
    assert handled[0].attempts == 1


def test_task_added_by_a_handler_runs_in_the_same_round(fixture: WorkerFixture) -> None:
    calls: list[int] = []

    def handle_next(one: Task) -> None:
        calls.append(len(calls))
        fixture.now += 4 * SECOND
        if len(calls) < 3:
            fixture.tasks.add([replace(one, due=fixture.now, attempts=0)])

    fixture.tasks.add([task()])
    assert fixture.run(deliver=handle_next).done == 3
    assert fixture.tasks.status == {}


def test_no_task_starts_after_the_end_of_the_round(fixture: WorkerFixture) -> None:
    def slow(_: Task) -> None:
        fixture.now += SLICE

    fixture.tasks.add([task(str(number)) for number in range(10)])
    worked = fixture.run(deliver=slow)
    assert worked.done == 3
    assert len([lease for lease in fixture.tasks.status.values() if lease is None]) == 7


def test_delay_of_the_oldest_task_is_reported(fixture: WorkerFixture) -> None:
    def slow(_: Task) -> None:
        fixture.now += ROUND

    fixture.tasks.add([task("a", due=START - timedelta(hours=1)), task("b")])
    assert fixture.run(deliver=slow).late == timedelta(hours=1)
    assert fixture.run(deliver=lambda _: None).late == timedelta()


def test_failed_task_is_postponed_and_does_not_stop_others(fixture: WorkerFixture) -> None:
    handled: list[str] = []

    def sometimes(one: Task) -> None:
        if one.subject == "bad":
            raise ZeroDivisionError
        handled.append(one.subject)

    fixture.tasks.add([task("bad", due=START - SECOND), task("good")])
    worked = fixture.run(deliver=sometimes)
    assert (worked.done, worked.failed, handled) == (1, 1, ["good"])
    (failure,) = fixture.failures
    assert (failure.code, failure.is_final, type(failure.error)) == ("internal", False, ZeroDivisionError)
    assert list(fixture.tasks.status) == [replace(task("bad", due=START + FIRST_PAUSE / 2), attempts=1)]


def test_failure_has_the_code_of_its_domain_error(fixture: WorkerFixture) -> None:
    fixture.tasks.add([task()])
    fixture.run(deliver=failing)
    assert fixture.failures[0].code == "mail_unavailable"


def test_task_without_a_handler_is_postponed(fixture: WorkerFixture) -> None:
    fixture.tasks.add([task()])
    assert fixture.run().failed == 1
    assert (fixture.failures[0].code, fixture.failures[0].is_final) == ("no_handler", False)


def test_task_becomes_a_dead_letter_after_its_last_attempt(fixture: WorkerFixture) -> None:
    fixture.tasks.add([task()])
    began = fixture.now
    for _ in range(MAX_ATTEMPTS):
        fixture.now = max([fixture.now, *(one.due for one in fixture.tasks.status)])
        fixture.run(deliver=failing)
    assert fixture.tasks.status == {}
    assert [failure.is_final for failure in fixture.failures] == [False] * (MAX_ATTEMPTS - 1) + [True]
    assert fixture.run().dead_letters == 1
    (dead_letter,) = fixture.tasks.dead_letters(10)
    assert (dead_letter.code, dead_letter.task.attempts) == ("mail_unavailable", MAX_ATTEMPTS)
    assert timedelta(hours=12) <= fixture.now - began <= timedelta(hours=25)


def test_task_that_kills_its_workers_becomes_a_dead_letter(fixture: WorkerFixture) -> None:
    class Killed(BaseException):
        pass

    def kill(_: Task) -> None:
        raise Killed

    fixture.tasks.add([task()])
    began = fixture.now
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(Killed):
            fixture.run(deliver=kill)
        fixture.now += lease(attempt)
    assert timedelta(hours=8) < fixture.now - began < timedelta(hours=10)
    assert fixture.run(deliver=kill).failed == 1
    assert [dead_letter.code for dead_letter in fixture.tasks.dead_letters(10)] == ["worker_died"]


@given(durations=st.lists(st.integers(0, 1_000), min_size=1, max_size=5), every=st.integers(1, 300))
def test_no_task_is_run_by_two_workers_while_the_first_is_alive(durations: list[int], every: int) -> None:
    """Other workers run while a handler works, for longer than a lease."""
    fixture = WorkerFixture()
    working: list[str] = []
    handled = Counter[str]()

    def work(one: Task) -> None:
        assert one.subject not in working, "two workers run one task"
        handled[one.subject] += 1
        working.append(one.subject)
        left = timedelta(seconds=durations[int(one.subject)])
        while left > timedelta():
            step = min(left, every * SECOND)
            fixture.pass_time(step)
            left -= step
            if len(working) < 3:
                fixture.run(deliver=work)
        working.remove(one.subject)

    fixture.tasks.add([task(str(number)) for number in range(len(durations))])
    while fixture.tasks.status:
        fixture.run(deliver=work)
    assert handled == Counter(map(str, range(len(durations))))


@given(worked=st.integers(0, 3_600))
def test_task_of_a_dead_worker_is_taken_up_within_two_minutes(worked: int) -> None:
    fixture = WorkerFixture()
    fixture.tasks.add([task()])

    def die(_: Task) -> None:
        fixture.pass_time(worked * SECOND)
        raise WorkerDied

    with pytest.raises(WorkerDied):
        fixture.run(deliver=die)
    died = fixture.now
    fixture.now = died + timedelta(minutes=2)
    assert fixture.run(deliver=lambda _: None).done == 1


def test_heartbeat_renews_until_the_handler_returns() -> None:
    beats: list[None] = []
    enough = threading.Event()

    def beat() -> bool:
        beats.append(None)
        if len(beats) == 3:
            enough.set()
        return True

    with threaded(beat, timedelta(milliseconds=1)):
        assert enough.wait(10)
    assert "heartbeat" not in {each.name for each in threading.enumerate()}


def test_heartbeat_ends_when_the_task_is_lost_and_survives_an_outage(fixture: WorkerFixture) -> None:
    fixture.tasks.add([task()])
    assert fixture.tasks.claim(task(), START)
    claimed = replace(task(), attempts=1)
    renew = heartbeat.beat(fixture.tasks, claimed, lambda: fixture.now)
    assert renew()
    assert not heartbeat.beat(fixture.tasks, task(), lambda: fixture.now)()

    def unavailable(_task: Task, _now: datetime) -> bool:
        raise Unavailable("storage is unavailable")

    fixture.tasks.renew = unavailable
    assert renew()


def test_unavailable_queue_ends_the_round_without_losing_tasks(fixture: WorkerFixture) -> None:
    def done(_: Task) -> None:
        raise Unavailable("storage is unavailable")

    fixture.tasks.add([task()])
    fixture.tasks.done = done
    with pytest.raises(Unavailable):
        fixture.run(deliver=lambda _: None)
    del fixture.tasks.done
    fixture.now += LEASE
    assert fixture.run(deliver=lambda _: None).done == 1


@given(attempts=st.integers(1, MAX_ATTEMPTS), drawn=st.binary(min_size=4, max_size=4))
def test_retry_delay_is_between_half_and_all_of_the_backoff(attempts: int, drawn: bytes) -> None:
    whole = min(FIRST_PAUSE * 3 ** (attempts - 1), MAX_PAUSE)
    assert whole / 2 <= pause(attempts, lambda _: drawn) <= whole


def test_retry_delays_have_jitter() -> None:
    assert len({pause(1, lambda _, byte=byte: bytes([byte, 0, 0, 0])) for byte in range(256)}) == 256


def test_backlog_of_one_issuer_does_not_delay_another(fixture: WorkerFixture) -> None:
    many = [task(str(number), "huge", START - SECOND) for number in range(READ_LIMIT - 1)]
    fixture.tasks.add([*many, task("only", "small")])
    handled: list[str] = []
    fixture.run(deliver=lambda one: handled.append(one.issuer_id))
    assert handled[:2] == ["huge", "small"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=30))
def test_in_turn_keeps_all_tasks_and_the_order_of_each_issuer(drawn: list[tuple[str, int]]) -> None:
    given_ = [task(str(at), issuer, START + after * SECOND) for at, (issuer, after) in enumerate(drawn)]
    out = list(round_robin_by_issuer(given_, {}))
    assert Counter(out) == Counter(given_)
    for issuer in "abc":
        dues = [one.due for one in out if one.issuer_id == issuer]
        assert dues == sorted(dues)
    # Round robin: the n-th task of every issuer precedes any issuer's task n + 1.
    positions = Counter[str]()
    rounds = []
    for one in out:
        positions[one.issuer_id] += 1
        rounds.append(positions[one.issuer_id])
    assert rounds == sorted(rounds)


class WorkerDied(BaseException):
    """A simulated death of the worker: killed by Lambda, out of memory, or a lost machine."""


CRASH_POINTS = (
    "never",
    "before the claim",
    "after the claim",
    "in the handler",
    "before the task is updated",
    "after the task is updated",
)


class QueueModel(RuleBasedStateMachine):
    """Tasks are added; workers complete them, fail or crash at any point. No task is lost or duplicated."""

    def __init__(self) -> None:
        super().__init__()
        self.fixture = WorkerFixture()
        self.done: dict[str, int] = {}
        self.at: str = "never"
        self.succeeds = True

    @rule(issuer=st.sampled_from("abc"), after=st.integers(0, 3), times=st.integers(1, 2))
    def add(self, issuer: str, after: int, times: int) -> None:
        new = task(str(len(self.done)), issuer, self.fixture.now + timedelta(minutes=after))
        self.fixture.tasks.add([new] * times)
        self.done[new.subject] = 0

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.fixture.now += timedelta(minutes=minutes)

    @rule(at=st.sampled_from(CRASH_POINTS), succeeds=st.booleans(), byte=st.integers(0, 255))
    def work(self, at: str, succeeds: bool, byte: int) -> None:
        self.at, self.succeeds = at, succeeds
        crashing_worker = Worker(
            CrashingQueue(self.fixture.tasks, lambda: self.at),
            {"deliver": self.handle},
            lambda: self.fixture.now,
            lambda size: bytes([byte] * size),
            self.fixture.failures.append,
            self.fixture.heart,
        )
        try:
            run(crashing_worker, self.fixture.now + ROUND)
        except WorkerDied:
            assert at != "never"
        self.at = "never"

    @rule()
    def an_operator_retries(self) -> None:
        for dead_letter in list(self.fixture.tasks.dead_letters(100)):
            self.fixture.tasks.retry(dead_letter, self.fixture.now)

    def handle(self, one: Task) -> None:
        if self.at == "in the handler":
            raise WorkerDied
        if not self.succeeds:
            raise Unavailable("not now")
        self.done[one.subject] += 1

    @invariant()
    def nothing_is_lost(self) -> None:
        there = [
            *self.fixture.tasks.status,
            *(dead_letter.task for dead_letter in self.fixture.tasks.dead_letters(10**6)),
        ]
        assert len({one.subject for one in there}) == len(there), "a task is stored twice"
        never = {subject for subject, times in self.done.items() if not times}
        assert never <= {one.subject for one in there}

    def teardown(self) -> None:
        # Once the dead letters are retried and handlers succeed, every task is completed.
        self.an_operator_retries()
        self.fixture.now += timedelta(days=2)
        self.work("never", succeeds=True, byte=0)
        assert not self.fixture.tasks.status
        assert all(self.done.values())


class CrashingQueue:
    """A task queue whose worker crashes at a chosen point."""

    def __init__(self, tasks: fakes.TaskQueue, at: Callable[[], str]) -> None:
        self._tasks = tasks
        self._at = at

    def due(self, now: datetime, limit: int) -> object:
        return self._tasks.due(now, limit)

    def dead_letters(self, limit: int) -> object:
        return self._tasks.dead_letters(limit)

    def claim(self, one: Task, now: datetime) -> bool:
        self._crash_if("before the claim")
        took = self._tasks.claim(one, now)
        self._crash_if("after the claim")
        return took

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call_and_crash(*arguments: object) -> None:
            self._crash_if("before the task is updated")
            getattr(self._tasks, name)(*arguments)
            self._crash_if("after the task is updated")

        return call_and_crash

    def _crash_if(self, point: str) -> None:
        if self._at() == point:
            raise WorkerDied


TestQueueModel = QueueModel.TestCase
TestQueueModel.settings = examples(150, stateful_step_count=30)


def test_issuers_with_slow_tasks_do_not_delay_the_others(fixture: WorkerFixture) -> None:
    """One worker runs the tasks of all issuers, and anyone can create issuers whose tasks take long."""
    handled: list[str] = []

    def handle(one: Task) -> None:
        handled.append(one.issuer_id)
        fixture.pass_time(12 * SECOND if one.issuer_id.startswith("slow") else SECOND / 20)

    for issuer in ("slow-1", "slow-2", "slow-3"):
        fixture.tasks.add([task(str(number), issuer, START - SECOND) for number in range(3)])
    fixture.tasks.add([task(str(number)) for number in range(20)])
    fixture.run(deliver=handle)
    assert handled.count("northwind") == 20
    assert handled[:3] == ["slow-1", "slow-2", "slow-3"]
