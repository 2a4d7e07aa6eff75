"""Events of issuing, recorded by tasks that may run twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.analytics.event import Event, Kind
from chalicelib.analytics.recorder import Recorder
from chalicelib.award.issuing import reissue, status_changes
from chalicelib.award.issuing.reissue import Changes
from chalicelib.award.issuing.storing import STATUS_CHANGED
from chalicelib.award.pathways import rewards
from chalicelib.award.pathways.issue_events import IssueRecorder
from chalicelib.credential.build import Holder
from tests.award.pathways.test_rewards import Academy, root
from tests.fakes import EventStore, Fallback

BOB = Holder("Bob", "bob@example.org")


class Recorded:
    """An academy whose events are recorded."""

    def __init__(self) -> None:
        self.academy = Academy()
        self.store = EventStore()
        context, pathways = self.academy.issuer_context, self.academy.pathways
        self.recorder = IssueRecorder(context, pathways, Recorder(self.store, Fallback()))

    def run(self, *, again: bool = False) -> list[tuple[str, str | None]]:
        """Run all due tasks, each twice if ``again``; kind and target of the events so far, in order of time."""
        tasks = self.academy.acme.issuer_store.tasks
        award = rewards.handler(self.academy.issuer_context, self.academy.pathways, tasks)
        handlers = {
            rewards.KIND: self.recorder.after_issue(award),
            STATUS_CHANGED: self.recorder.after_status_change(lambda _: None),
        }
        while due := list(tasks.due(self.academy.acme.clock(), 100)):
            for task in due:
                for _ in range(2 if again else 1):
                    handlers.get(task.kind, lambda _: None)(task)
                tasks.done(task)
        return [(event.kind.value, event.target) for event in self.events()]

    def events(self) -> list[Event]:
        return sorted(self.store.events.values(), key=lambda event: (event.at, event.id))


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


def test_issue_says_whether_the_holder_returns(recorded: Recorded) -> None:
    for letter, holder in (("a", BOB), ("b", BOB), ("a", Holder("Eve"))):
        recorded.academy.earn(letter, holder)
    assert sorted(recorded.run(again=True)) == [("issued", "new"), ("issued", "new"), ("issued", "returning")]
    (event,) = (each for each in recorded.events() if each.target == "returning")
    assert (event.issuer_id, event.visitor, event.visitor_class) == ("acme", None, None)


def test_only_an_issue_has_the_end_date(recorded: Recorded) -> None:
    first = recorded.academy.earn("a", BOB, valid_until=recorded.academy.acme.clock() + timedelta(days=30))
    context, until = recorded.academy.issuer_context, recorded.academy.acme.clock() + timedelta(days=90)
    reissue.renew(context, "acme", first.id, until)
    recorded.run()
    found = {(event.kind.value, event.credential_id == first.id): event.valid_until for event in recorded.events()}
    assert found["issued", False] == until
    assert found["issued", True] == first.valid_until
    assert found["renewed", True] is None


def test_correction_is_not_another_issue_and_renewal_is(recorded: Recorded) -> None:
    first = recorded.academy.earn("a", BOB)
    recorded.run()
    context = recorded.academy.issuer_context
    corrected = reissue.correct(context, "acme", first.id, Changes(name="Bo"))
    assert recorded.run() == [("issued", "new")]
    reissue.renew(context, "acme", corrected.id)
    assert sorted(recorded.run(again=True)) == [("issued", "new"), ("issued", "returning"), ("renewed", None)]


def test_revocation_is_recorded_and_suspension_is_not(recorded: Recorded) -> None:
    first = recorded.academy.earn("a", BOB)
    context = recorded.academy.issuer_context
    status_changes.suspend(context, "acme", first.id)
    assert sorted(recorded.run()) == [("issued", "new")]
    status_changes.revoke(context, "acme", first.id)
    assert sorted(recorded.run(again=True)) == [("issued", "new"), ("revoked", None)]


def test_steps_are_numbered_in_the_order_in_which_they_were_earned(recorded: Recorded) -> None:
    pathway = recorded.academy.add_pathway(root("a", "b", "c"), reward="r")
    recorded.run()
    for letter in "bcba":
        recorded.academy.earn(letter)
    recorded.academy.earn("a", BOB)
    kinds = recorded.run(again=True)
    found = sorted(each for each in kinds if each[0].startswith("pathway"))
    assert found == [
        ("pathway_completed", pathway.id), ("pathway_step", f"{pathway.id}#1"), ("pathway_step", f"{pathway.id}#1"),
        ("pathway_step", f"{pathway.id}#2"), ("pathway_step", f"{pathway.id}#3"),
    ]  # fmt: skip
    assert [kind for kind, _ in kinds].count(Kind.ISSUED.value) == 6  # five and the reward
