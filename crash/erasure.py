"""`make crash-erasure`: interrupt the erasure of a person at every AWS call, run it again, and search every byte.

Prints one JSON line. `values` is how many values of the person are searched for; `traces`, how many of them are left in
any kind of item; `lost`, items of other people that are gone; `public`, what is still shown publicly, also after the
withdrawal of a profile. These three must be 0. `crash_points` are the calls before, after and during which something
failed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.errors import Unavailable
from crash import engine
from crash.faults import Fault, SimulatedCrash
from crash.people import Town


@dataclass
class Totals(engine.Totals):
    """The totals of a run. `traces`, `lost` and `public` must be 0."""

    values: int = 0
    traces: int = 0
    lost: int = 0
    public: int = 0

    @property
    def clean(self) -> bool:
        """Whether something was tried and nothing went wrong."""
        return self.crash_points > 0 and not (self.traces or self.lost or self.public)


@dataclass(frozen=True)
class Scenario:
    """What is interrupted: ``prepare`` leads to it, and ``check`` returns what is wrong after it is done."""

    name: str
    prepare: Callable[[Town], None]
    action: Callable[[Town], None]
    check: Callable[[Town, Totals], list[str]]


def run(town: Town, scenario: Scenario, totals: Totals, step: int = 1, faults: Sequence[Fault] = tuple(Fault)) -> None:
    """Interrupt ``scenario`` at every ``step``-th call, in each way, and run it again."""
    town.restore()
    scenario.prepare(town)
    start, now = town.snapshot(), town.now
    with town.injector.failing(0, Fault.LOST):  # only counts the calls
        scenario.action(town)
    calls = town.injector.calls
    for fault in faults:
        for nth in range((step + 1) // 2, calls + 1, step):
            town.restore(start)
            town.now = now
            _crash_and_rerun(town, scenario, (nth, fault), totals)
    town.now = town.start


def _crash_and_rerun(town: Town, scenario: Scenario, at: tuple[int, Fault], totals: Totals) -> None:
    with town.injector.failing(*at), suppress(SimulatedCrash, Unavailable):
        scenario.action(town)
    scenario.action(town)
    totals.crash_points += 1
    totals.faults += [f"{scenario.name}, call {at[0]}, {at[1]}: {wrong}" for wrong in scenario.check(town, totals)]


def _everything_is_gone(town: Town, totals: Totals) -> list[str]:
    found = sorted(set(town.find()))
    lost = town.missing_of_others()
    totals.traces += len(found)
    totals.lost += len(lost)
    totals.values = len(town.values)
    public = [one for one in town.credentials if town.is_public(one)]
    totals.public += len(public)
    return [*map(str, found), *lost, *public]


def _nothing_is_public(town: Town, totals: Totals) -> list[str]:
    store = town.services.published_store
    if store.published(town.holder_id) is None and not store.for_recruiters([town.holder_id]):
        return []
    totals.public += 1
    return ["others see the profile"]


def _of_issuer(town: Town, totals: Totals) -> list[str]:
    """One issuer forgets the person; the other, and the person's own profile, stay."""
    wrong = [f"{one} is public" for one in town.credentials_of("acme") if town.is_public(one)]
    gone = [f"{one} is gone" for one in town.credentials_of("other") if not town.is_public(one)]
    ids = set(town.credentials_of("acme"))
    found = [str(each) for each in set(town.services.erasure_context.store.find(ids))]
    store = town.services.published_store
    kept = (store.published(town.holder_id), store.for_recruiters([town.holder_id]).get(town.holder_id))
    if any(one is None or ids & set(one.credentials) for one in kept):
        gone.append("the profile is not as it should be")
    totals.public += len(wrong)
    totals.traces += len(found)
    totals.lost += len(gone)
    return [*wrong, *gone, *found]


SCENARIOS = (
    Scenario("erasure for the holder", Town.request_as_holder, Town.erase, _everything_is_gone),
    Scenario("erasure for an issuer", Town.request_as_issuer, Town.erase, _of_issuer),
    Scenario("withdrawal of a profile", lambda _: None, Town.withdraw, _nothing_is_public),
)


def run_all(region: str) -> Totals:
    """Run every scenario against the engine configured in the environment."""
    totals, town = Totals(), Town(region)
    for scenario in SCENARIOS:
        run(town, scenario, totals)
    return totals


if __name__ == "__main__":
    sys.exit(engine.report(run_all))
