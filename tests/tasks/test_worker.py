"""Rounds of work: at least once, in turn, put off, parked; and a model of what may happen to a list and its workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.errors import Unavailable
from chalicelib.tasks.task_queue import LEASE, Task
from chalicelib.tasks.worker import (
    ATTEMPTS,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    SLICE,
    WINDOW,
    Handler,
    TaskFailure,
    Worked,
    Worker,
    in_turn,
    pause,
    run,
)
from tests import fakes

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ROUND = 50 * SECOND


@dataclass
class World:
    """A list, a clock that only handlers move, and what was heard."""

    now: datetime = START
    tasks: fakes.TaskQueue = field(default_factory=fakes.TaskQueue)
    faults: list[TaskFailure] = field(default_factory=list)

    def run(self, entropy: Callable[[int], bytes] = bytes, **handlers: Handler) -> Worked:
        worker = Worker(self.tasks, handlers, lambda: self.now, entropy, self.faults.append)
        return run(worker, self.now + ROUND)


@pytest.fixture
def world() -> World:
    return World()


def task(subject: str = "x", issuer: str = "northwind", due: datetime = START) -> Task:
    return Task("deliver", issuer, subject, due)


def failing(_: Task) -> None:
    raise Unavailable("no", code="mail_unavailable")


def test_what_is_due_is_done_and_struck_off(world: World) -> None:
    did: list[Task] = []
    world.tasks.add([task("a"), task("b"), task("later", due=START + SECOND)])
    assert world.run(deliver=did.append) == Worked(done=2)
    assert [one.subject for one in did] == ["a", "b"]
    assert list(world.tasks.status) == [task("later", due=START + SECOND)]


def test_a_handler_sees_that_it_is_its_first_call(world: World) -> None:
    did: list[Task] = []
    world.tasks.add([task()])
    world.run(deliver=did.append)
    assert did[0].attempts == 1


def test_a_handler_that_adds_the_next_piece_is_called_again_in_the_same_round(world: World) -> None:
    calls: list[int] = []

    def piece(one: Task) -> None:
        calls.append(len(calls))
        world.now += 4 * SECOND
        if len(calls) < 3:
            world.tasks.add([replace(one, due=world.now, attempts=0)])

    world.tasks.add([task()])
    assert world.run(deliver=piece).done == 3
    assert world.tasks.status == {}


def test_no_task_is_begun_after_the_end_of_the_round(world: World) -> None:
    def slow(_: Task) -> None:
        world.now += SLICE

    world.tasks.add([task(str(number)) for number in range(10)])
    worked = world.run(deliver=slow)
    assert worked.done == 3
    assert len([lease for lease in world.tasks.status.values() if lease is None]) == 7


def test_how_late_the_oldest_was_is_told(world: World) -> None:
    def slow(_: Task) -> None:
        world.now += ROUND

    world.tasks.add([task("a", due=START - timedelta(hours=1)), task("b")])
    assert world.run(deliver=slow).late == timedelta(hours=1)
    assert world.run(deliver=lambda _: None).late == timedelta()


def test_a_fault_puts_off_and_does_not_stop_the_others(world: World) -> None:
    did: list[str] = []

    def sometimes(one: Task) -> None:
        if one.subject == "bad":
            raise ZeroDivisionError
        did.append(one.subject)

    world.tasks.add([task("bad", due=START - SECOND), task("good")])
    worked = world.run(deliver=sometimes)
    assert (worked.done, worked.failed, did) == (1, 1, ["good"])
    (failure,) = world.faults
    assert (failure.code, failure.is_final, type(failure.error)) == ("internal", False, ZeroDivisionError)
    assert list(world.tasks.status) == [replace(task("bad", due=START + FIRST_PAUSE / 2), attempts=1)]


def test_a_domain_error_is_named_by_its_code(world: World) -> None:
    world.tasks.add([task()])
    world.run(deliver=failing)
    assert world.faults[0].code == "mail_unavailable"


def test_a_kind_that_nobody_handles_is_put_off_too(world: World) -> None:
    world.tasks.add([task()])
    assert world.run().failed == 1
    assert (world.faults[0].code, world.faults[0].is_final) == ("no_handler", False)


def test_after_its_last_attempt_a_task_is_parked_under_its_code(world: World) -> None:
    world.tasks.add([task()])
    began = world.now
    for _ in range(ATTEMPTS):
        world.now = max([world.now, *(one.due for one in world.tasks.status)])
        world.run(deliver=failing)
    assert world.tasks.status == {}
    assert [failure.is_final for failure in world.faults] == [False] * (ATTEMPTS - 1) + [True]
    assert world.run().dead_letters == 1
    (dead_letter,) = world.tasks.dead_letters(10)
    assert (dead_letter.code, dead_letter.task.attempts) == ("mail_unavailable", ATTEMPTS)
    assert timedelta(hours=12) <= world.now - began <= timedelta(hours=25)


def test_a_task_that_kills_its_workers_is_parked_in_the_end(world: World) -> None:
    class Killed(BaseException):
        pass

    def deadly(_: Task) -> None:
        raise Killed

    world.tasks.add([task()])
    for _ in range(ATTEMPTS):
        with pytest.raises(Killed):
            world.run(deliver=deadly)
        world.now += LEASE
    assert world.run(deliver=deadly).failed == 1
    assert [dead_letter.code for dead_letter in world.tasks.dead_letters(10)] == ["worker_died"]


def test_a_list_that_does_not_answer_ends_the_round_and_loses_nothing(world: World) -> None:
    def done(_: Task) -> None:
        raise Unavailable("storage is away")

    world.tasks.add([task()])
    world.tasks.done = done
    with pytest.raises(Unavailable):
        world.run(deliver=lambda _: None)
    del world.tasks.done
    world.now += LEASE
    assert world.run(deliver=lambda _: None).done == 1


@given(attempts=st.integers(1, ATTEMPTS), drawn=st.binary(min_size=4, max_size=4))
def test_a_pause_is_at_least_half_of_what_it_grows_to_and_bounded(attempts: int, drawn: bytes) -> None:
    whole = min(FIRST_PAUSE * 3 ** (attempts - 1), LONGEST_PAUSE)
    assert whole / 2 <= pause(attempts, lambda _: drawn) <= whole


def test_pauses_that_began_together_do_not_end_together() -> None:
    assert len({pause(1, lambda _, byte=byte: bytes([byte, 0, 0, 0])) for byte in range(256)}) == 256


def test_a_hundred_thousand_of_one_issuer_do_not_keep_another_one_waiting(world: World) -> None:
    many = [task(str(number), "huge", START - SECOND) for number in range(WINDOW - 1)]
    world.tasks.add([*many, task("only", "small")])
    did: list[str] = []
    world.run(deliver=lambda one: did.append(one.issuer_id))
    assert did[:2] == ["huge", "small"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=30))
def test_in_turn_leaves_out_none_and_keeps_each_issuers_order(drawn: list[tuple[str, int]]) -> None:
    given_ = [task(str(at), issuer, START + after * SECOND) for at, (issuer, after) in enumerate(drawn)]
    out = list(in_turn(given_))
    assert Counter(out) == Counter(given_)
    for issuer in "abc":
        dues = [one.due for one in out if one.issuer_id == issuer]
        assert dues == sorted(dues)
    # Before anyone's second comes everyone's first, and so on.
    places = Counter[str]()
    rounds = []
    for one in out:
        places[one.issuer_id] += 1
        rounds.append(places[one.issuer_id])
    assert rounds == sorted(rounds)


class Dead(BaseException):
    """The worker is gone: killed by Lambda, out of memory, the machine lost."""


DEATHS = ("never", "before the claim", "after the claim", "in the handler", "before it is struck off", "after")


class ListAndWorkers(RuleBasedStateMachine):
    """Tasks are added; workers do them, fail at them, or die at any point. Nothing is lost, nothing comes back."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.done: dict[str, int] = {}
        self.at: str = "never"
        self.good = True

    @rule(issuer=st.sampled_from("abc"), after=st.integers(0, 3), times=st.integers(1, 2))
    def add(self, issuer: str, after: int, times: int) -> None:
        new = task(str(len(self.done)), issuer, self.world.now + timedelta(minutes=after))
        self.world.tasks.add([new] * times)
        self.done[new.subject] = 0

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.world.now += timedelta(minutes=minutes)

    @rule(at=st.sampled_from(DEATHS), good=st.booleans(), byte=st.integers(0, 255))
    def work(self, at: str, good: bool, byte: int) -> None:
        self.at, self.good = at, good
        mortal = Worker(
            _Mortal(self.world.tasks, lambda: self.at),
            {"deliver": self.handle},
            lambda: self.world.now,
            lambda size: bytes([byte] * size),
            self.world.faults.append,
        )
        try:
            run(mortal, self.world.now + ROUND)
        except Dead:
            assert at != "never"
        self.at = "never"

    @rule()
    def an_operator_retries(self) -> None:
        for dead_letter in list(self.world.tasks.dead_letters(100)):
            self.world.tasks.retry(dead_letter, self.world.now)

    def handle(self, one: Task) -> None:
        if self.at == "in the handler":
            raise Dead
        if not self.good:
            raise Unavailable("not now")
        self.done[one.subject] += 1

    @invariant()
    def nothing_is_lost(self) -> None:
        there = [
            *self.world.tasks.status,
            *(dead_letter.task for dead_letter in self.world.tasks.dead_letters(10**6)),
        ]
        assert len({one.subject for one in there}) == len(there), "a task stands twice"
        never = {subject for subject, times in self.done.items() if not times}
        assert never <= {one.subject for one in there}

    def teardown(self) -> None:
        # Whatever happened: once workers live and handlers succeed, and who looks retries, the list is worked off.
        self.an_operator_retries()
        self.world.now += timedelta(days=2)
        self.work("never", good=True, byte=0)
        assert not self.world.tasks.status
        assert all(self.done.values())


class _Mortal:
    """A list whose worker dies at a chosen point."""

    def __init__(self, tasks: fakes.TaskQueue, at: Callable[[], str]) -> None:
        self._tasks = tasks
        self._at = at

    def due(self, now: datetime, limit: int) -> object:
        return self._tasks.due(now, limit)

    def dead_letters(self, limit: int) -> object:
        return self._tasks.dead_letters(limit)

    def claim(self, one: Task, now: datetime) -> bool:
        self._die_if("before the claim")
        took = self._tasks.claim(one, now)
        self._die_if("after the claim")
        return took

    def __getattr__(self, name: str) -> Callable[..., None]:
        def strike_off(*arguments: object) -> None:
            self._die_if("before it is struck off")
            getattr(self._tasks, name)(*arguments)
            self._die_if("after")

        return strike_off

    def _die_if(self, point: str) -> None:
        if self._at() == point:
            raise Dead


TestListAndWorkers = ListAndWorkers.TestCase
TestListAndWorkers.settings = settings(max_examples=150, stateful_step_count=30)
