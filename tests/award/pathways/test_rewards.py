"""Rewards of pathways: issued once on completion, also after crashes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.award import achievements
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import issue, reissue, status_changes
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.reissue import Changes
from chalicelib.award.pathways import pathway_actions, rewards
from chalicelib.award.pathways.pathway import Group, Pathway
from chalicelib.award.pathways.pathway_actions import ALL_HOLDERS, ReviewedCompletion
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.award.pathways.pathway_link import Step
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task
from chalicelib.verify.report import Verdict
from tests.award.fakes import BASE_URL, Crash, CrashingPort, Fuse, IssuerFixture, new_achievement
from tests.award.pathways.fakes import (
    Pathways,
    every,
    in_order,
    leaf,
    some,
)

ADA = Holder("Ada Lovelace", "ada@example.org")


class Academy:
    """An issuer with achievements a to e and r, and its pathways."""

    def __init__(self) -> None:
        self.acme = IssuerFixture()
        self.issuer_context = self.acme.issuer_context
        self.pathways = Pathways(tasks=self.acme.issuer_store.tasks)
        for letter in "abcder":
            achievements.add(self.issuer_context, new_achievement(name=letter.upper(), id=uuid(letter)))

    def add_pathway(self, root: Group, reward: str | None = "r", **more: Any) -> Pathway:
        draft = Draft("A way", "Up.", root, uuid(reward) if reward else None, **more)
        return pathway_actions.add(self.issuer_context, self.pathways, "acme", draft)

    def earn(self, letter: str, holder: Holder = ADA, **more: Any) -> Record:
        return issue.issue(self.issuer_context, Award("acme", uuid(letter), holder, **more))

    def run_tasks(self, issuer_context: IssuerContext | None = None, pathways: Any = None) -> None:
        """Run all due tasks, as the scheduled function does."""
        tasks = self.acme.issuer_store.tasks
        handle = rewards.handler(issuer_context or self.issuer_context, pathways or self.pathways, tasks)
        while due := [task for task in tasks.due(self.acme.clock(), 100) if task.kind == rewards.KIND]:
            for task in due:
                handle(task)
                tasks.done(task)

    def held(self, letter: str, email: str | None = "ada@example.org") -> list[Record]:
        rows = self.acme.issuer_store.rows_of_email("acme", email or "")
        return [self.acme.issuer_store.record(row.credential_id) for row in rows if row.achievement_id == uuid(letter)]

    def review(self, pathway: Pathway) -> list[ReviewedCompletion]:
        return pathway_actions.review(self.issuer_context, self.pathways, "acme", pathway.id, None, 20)


def uuid(letter: str) -> str:
    return f"00000000-0000-4000-8000-{ord(letter):012x}"


def step(letter: str) -> Step:
    return leaf(uuid(letter), name=letter.upper())


def root(*letters: str) -> Group:
    return every(*(step(letter) for letter in letters))


@pytest.fixture
def academy() -> Academy:
    return Academy()


def test_completing_a_pathway_issues_its_reward(academy: Academy) -> None:
    pathway = academy.add_pathway(root("a", "b"))
    first = academy.earn("a")
    academy.run_tasks()
    assert academy.held("r") == []
    second = academy.earn("b", replace(ADA, email="Ada@Example.org"), notify=True, zone="Europe/Berlin")
    academy.run_tasks()
    [reward] = academy.held("r")
    assert academy.acme.report(reward).verdict is Verdict.VALID
    evidence = json.loads(reward.document)["evidence"]
    assert [(item["id"], item["name"]) for item in evidence] == [
        (f"{BASE_URL}/c/{first.id}", "A"),
        (f"{BASE_URL}/c/{second.id}", "B"),
    ]
    recipient = academy.acme.issuer_store.recipient(reward.id)
    assert (recipient.name, recipient.email, recipient.zone, recipient.notify) == (
        "Ada Lovelace", "ada@example.org", "Europe/Berlin", True,
    )  # fmt: skip
    [reviewed] = academy.review(pathway)
    assert reviewed.supported
    assert reviewed.completion.id == reward.id
    assert reviewed.completion.credentials == (first.id, second.id)


def test_reward_is_issued_only_once(academy: Academy) -> None:
    academy.add_pathway(root("a", "b"))
    academy.earn("a")
    academy.earn("b")
    academy.run_tasks()
    [reward] = academy.held("r")
    status_changes.revoke(academy.issuer_context, "acme", reward.id, "Given in error.")
    academy.earn("a")
    academy.earn("b")
    academy.run_tasks()
    assert [record.id for record in academy.held("r")] == [reward.id]
    assert academy.acme.report(reward).verdict is Verdict.REVOKED


def test_achievements_of_two_holders_are_not_combined(academy: Academy) -> None:
    academy.add_pathway(root("a", "b"))
    academy.earn("a")
    academy.earn("b", Holder("Bob", "bob@example.org"))
    academy.earn("b", Holder("Ada Lovelace"))
    academy.run_tasks()
    assert academy.held("r") == academy.held("r", "bob@example.org") == academy.held("r", None) == []


def test_credentials_of_another_issuer_do_not_count(academy: Academy) -> None:
    from chalicelib.award.issuers import issuer_actions
    from tests.award.fakes import new_issuer

    issuer_actions.create(academy.issuer_context, new_issuer(id="other"))
    # No two issuers can have achievements with one id, so this one is stored directly.
    issuer_store: Any = academy.issuer_context.issuer_store
    same = replace(issuer_store.achievement("acme", uuid("b")), issuer_id="other")
    issuer_store._achievements["other", same.id] = same
    academy.add_pathway(root("a", "b"))
    academy.earn("a")
    issue.issue(academy.issuer_context, Award("other", uuid("b"), ADA))
    academy.run_tasks()
    assert academy.held("r") == []


def test_revoked_suspended_and_expired_credentials_do_not_count(academy: Academy) -> None:
    academy.add_pathway(root("a", "b"))
    now = academy.issuer_context.now()
    status_changes.revoke(academy.issuer_context, "acme", academy.earn("a").id)
    held = academy.earn("a")
    status_changes.suspend(academy.issuer_context, "acme", held.id)
    academy.earn("a", valid_from=now - timedelta(days=9), valid_until=now - timedelta(days=1))
    academy.earn("b")
    academy.run_tasks()
    assert academy.held("r") == []
    status_changes.reinstate(academy.issuer_context, "acme", held.id)
    academy.run_tasks()
    assert len(academy.held("r")) == 1


def test_replacement_of_a_corrected_credential_counts(academy: Academy) -> None:
    pathway = academy.add_pathway(root("a", "b"))
    wrong = academy.earn("a")
    fixed = reissue.correct(academy.issuer_context, "acme", wrong.id, Changes(name="Ada King"), "A new name.")
    academy.earn("b")
    academy.run_tasks()
    [reviewed] = academy.review(pathway)
    assert fixed.id in reviewed.completion.credentials
    assert wrong.id not in reviewed.completion.credentials


def test_reward_that_is_a_step_completes_the_next_pathway(academy: Academy) -> None:
    academy.add_pathway(in_order(step("a"), step("b")), reward="c")
    academy.add_pathway(some(2, step("c"), step("d"), step("e")), reward="r")
    for letter in "eba":
        academy.earn(letter)
        academy.run_tasks()
    assert len(academy.held("c")) == 1
    [reward] = academy.held("r")
    assert [item["name"] for item in json.loads(reward.document)["evidence"]] == ["C", "E"]


def test_reward_refused_for_one_holder_does_not_block_others(academy: Academy) -> None:
    for letter in ("Eve", "Ada", "Ben"):
        academy.earn("a", Holder(letter, f"{letter.lower()}@example.org"))
    broken = academy.held("a", "ada@example.org")[0]
    recipient = academy.acme.issuer_store.recipient(broken.id)
    academy.acme.issuer_store._recipients[broken.id] = replace(
        recipient, name="\x1b[2J"
    )  # stored before names were validated
    academy.run_tasks()
    academy.add_pathway(root("a"))
    academy.run_tasks()
    assert [len(academy.held("r", f"{name}@example.org")) for name in ("eve", "ada", "ben")] == [1, 0, 1]
    academy.earn("a")  # the same holder with a valid name
    academy.run_tasks()
    assert len(academy.held("r")) == 1


def test_archived_reward_is_not_issued_and_fails_no_task(academy: Academy) -> None:
    academy.add_pathway(root("a"))
    achievements.archive(academy.issuer_context, "acme", uuid("r"))
    academy.earn("a")
    academy.run_tasks()
    assert academy.held("r") == []
    achievements.archive(academy.issuer_context, "acme", uuid("r"), archived=False)
    academy.earn("a")
    academy.run_tasks()
    assert len(academy.held("r")) == 1


def test_archived_pathway_issues_no_reward(academy: Academy) -> None:
    academy.add_pathway(root("a"), archived=True)
    academy.earn("a")
    academy.run_tasks()
    assert academy.held("r") == []


def test_reward_added_after_completion_is_issued(academy: Academy) -> None:
    pathway = academy.add_pathway(root("a"), reward=None)
    academy.earn("a")
    academy.run_tasks()
    [reviewed] = academy.review(pathway)
    assert not reviewed.completion.rewarded
    pathway_actions.change(
        academy.issuer_context, academy.pathways, "acme", pathway.id, Draft("A way", "Up.", pathway.root, uuid("r"))
    )
    academy.earn("a")
    academy.run_tasks()
    [reward] = academy.held("r")
    assert [each.completion.id for each in academy.review(pathway)] == [reward.id]


def test_pathway_change_rewards_holders_who_have_all_steps(academy: Academy) -> None:
    holders = [Holder(f"H{n}", f"h{n}@example.org") for n in range(5)]
    for holder in holders:
        academy.earn("a", holder)
    academy.earn("a", Holder("Without an address"))
    status_changes.revoke(academy.issuer_context, "acme", academy.held("a", "h0@example.org")[0].id)
    pathway = academy.add_pathway(root("a", "b"))
    academy.run_tasks()
    assert academy.pathways.done == {}
    pathway_actions.change(
        academy.issuer_context, academy.pathways, "acme", pathway.id, Draft("A way", "Up.", root("a"), uuid("r"))
    )
    academy.run_tasks()
    assert [len(academy.held("r", holder.email)) for holder in holders] == [0, 1, 1, 1, 1]


def test_many_holders_are_checked_in_several_tasks(academy: Academy) -> None:
    for number in range(7):
        academy.earn("a", Holder(f"H{number}", f"h{number}@example.org"))
    academy.run_tasks()
    pathway = academy.add_pathway(root("a"))
    acme, runs = academy.acme, 0

    def slow() -> datetime:
        acme.clock.advance(timedelta(seconds=1))
        return acme.clock.now

    handle = rewards.handler(replace(academy.issuer_context, clock=slow), academy.pathways, acme.issuer_store.tasks)
    while due := [
        task for task in acme.issuer_store.tasks.due(acme.clock(), 100) if task.subject.startswith(ALL_HOLDERS)
    ]:
        assert len(due) == 1
        handle(due[0])
        acme.issuer_store.tasks.done(due[0])
        runs += 1
    assert runs > 2
    assert len(academy.review(pathway)) == 7


# Completions that are no longer supported.


def test_unsupported_completion_is_listed_and_keeps_its_reward(academy: Academy) -> None:
    pathway = academy.add_pathway(root("a", "b"))
    lost = academy.earn("a")
    academy.earn("b")
    academy.run_tasks()
    status_changes.revoke(academy.issuer_context, "acme", lost.id, "Plagiarism.")
    [reviewed] = academy.review(pathway)
    assert not reviewed.supported
    assert reviewed.inactive == (lost.id,)
    [reward] = academy.held("r")
    assert academy.acme.report(reward).verdict is Verdict.VALID


def test_replaced_credential_still_supports_a_completion(academy: Academy) -> None:
    corrected = academy.add_pathway(root("a"))
    wrong = academy.earn("a")
    academy.run_tasks()
    reissue.correct(academy.issuer_context, "acme", wrong.id, Changes(name="Ada King"), "A new name.")
    [reviewed] = academy.review(corrected)
    assert (reviewed.supported, reviewed.inactive) == (True, (wrong.id,))


def test_choice_with_enough_remaining_credentials_is_supported(academy: Academy) -> None:
    pathway = academy.add_pathway(some(1, step("b"), step("c")))
    academy.earn("b")
    academy.run_tasks()
    academy.earn("c")
    status_changes.revoke(academy.issuer_context, "acme", academy.held("b")[0].id)
    [reviewed] = academy.review(pathway)
    assert reviewed.supported


def test_expired_credential_still_supports_a_completion(academy: Academy) -> None:
    pathway = academy.add_pathway(root("a"))
    academy.earn("a", valid_until=academy.issuer_context.now() + timedelta(days=1))
    academy.run_tasks()
    academy.acme.clock.advance(timedelta(days=2))
    [reviewed] = academy.review(pathway)
    assert (reviewed.supported, reviewed.inactive) == (True, ())
    seen = pathway_actions.holder_progress(
        academy.issuer_context, academy.pathways, "acme", pathway.id, "ada@example.org"
    )
    assert not seen.progress.complete
    assert seen.completion is not None


def test_completion_of_an_earlier_version_stays(academy: Academy) -> None:
    pathway = academy.add_pathway(root("a"))
    academy.earn("a")
    academy.run_tasks()
    pathway_actions.change(
        academy.issuer_context, academy.pathways, "acme", pathway.id, Draft("Longer", "Up.", root("a", "b"), uuid("r"))
    )
    seen = pathway_actions.holder_progress(
        academy.issuer_context, academy.pathways, "acme", pathway.id, " Ada@Example.org "
    )
    assert seen.completion is not None
    assert seen.completion.version == 1
    assert (seen.progress.done, seen.progress.needed) == (1, 2)
    [reviewed] = academy.review(pathway)
    assert reviewed.supported
    academy.earn("b")
    academy.run_tasks()
    assert len(academy.held("r")) == 1


# Crashes.


@pytest.mark.slow
def test_rerun_after_a_crash_at_any_point_issues_the_reward_once() -> None:
    for at in range(60):
        for after in (False, True):
            academy = Academy()
            academy.add_pathway(root("a", "b"))
            academy.earn("a")
            academy.earn("b")
            fuse = Fuse(at, after)
            try:
                academy.run_tasks(fuse.build_into(academy.issuer_context), CrashingPort(academy.pathways, fuse))
            except Crash:
                academy.run_tasks()
                [reward] = academy.held("r")
                assert academy.acme.report(reward).verdict is Verdict.VALID
                assert len(academy.pathways.done) == 1
            else:
                assert not fuse.triggered
                assert at > 8
                return
    pytest.fail("no run completed without a crash")


def test_reward_changed_between_crash_and_rerun_keeps_the_first(academy: Academy) -> None:
    pathway = academy.add_pathway(root("a"))
    academy.earn("a")

    class CrashesOnComplete(Pathways):
        def complete(self, completion: Any) -> None:
            raise Crash

    with pytest.raises(Crash):
        academy.run_tasks(pathways=CrashesOnComplete(**vars(academy.pathways)))
    pathway_actions.change(
        academy.issuer_context, academy.pathways, "acme", pathway.id, Draft("A way", "Up.", pathway.root, uuid("e"))
    )
    academy.run_tasks()
    assert (len(academy.held("r")), len(academy.held("e"))) == (1, 0)
    assert len(academy.pathways.done) == 1


def test_task_for_a_missing_credential_succeeds(academy: Academy) -> None:
    handle = rewards.handler(academy.issuer_context, academy.pathways, academy.acme.issuer_store.tasks)
    for subject in ("g" * 26, f"{ALL_HOLDERS}{'g' * 26}"):
        handle(Task("pathways", "acme", subject, academy.issuer_context.now()))


def test_reward_id_is_secret_and_unique_per_holder(academy: Academy) -> None:
    pathways = [academy.add_pathway(root("a"), reward="r"), academy.add_pathway(root("b"), reward="e")]
    ids = {
        pathway_actions.completion_id_of(academy.pathways, pathway, email)
        for pathway in pathways
        for email in ("ada@example.org", "bob@example.org")
    }
    other = Academy()
    other.acme = IssuerFixture(seed=2)
    other.issuer_context = other.acme.issuer_context
    assert len(ids) == 4
    assert all(len(each) == 26 and each.isalnum() for each in ids)
    found = academy.pathways.pathway_set("acme")
    assert found is not None
    assert len(found.secret) == 32


# Creating and changing pathways.


def test_step_without_name_gets_the_achievement_name(academy: Academy) -> None:
    unnamed = replace(root("a"), steps=(replace(root("a").steps[0], name=""),))
    assert [step.name for step in academy.add_pathway(unnamed).root.steps] == ["A"]


@pytest.mark.parametrize("where", ["step", "reward"])
def test_achievements_of_other_issuers_are_refused(academy: Academy, where: str) -> None:
    with pytest.raises(Refused) as refused:
        academy.add_pathway(root("z") if where == "step" else root("a"), reward="z" if where == "reward" else None)
    assert refused.value.code == "unknown_achievement"
    assert academy.pathways.stored == {}


def test_pathway_for_unknown_issuer_is_refused(academy: Academy) -> None:
    with pytest.raises(NotFound):
        pathway_actions.add(academy.issuer_context, academy.pathways, "nobody", Draft("A way", "Up.", root("a")))
    with pytest.raises(NotFound):
        pathway_actions.change(academy.issuer_context, academy.pathways, "acme", "p", Draft("A way", "Up.", root("a")))


def test_change_requires_the_current_version_if_one_is_given(academy: Academy) -> None:
    pathway = academy.add_pathway(root("a"))
    draft = Draft("Second", "Up.", root("b"), version=1)
    assert pathway_actions.change(academy.issuer_context, academy.pathways, "acme", pathway.id, draft).version == 2
    with pytest.raises(Conflict):
        pathway_actions.change(academy.issuer_context, academy.pathways, "acme", pathway.id, draft)
    assert (
        pathway_actions.change(
            academy.issuer_context, academy.pathways, "acme", pathway.id, replace(draft, version=None)
        ).version
        == 3
    )


def test_pathway_links_follow_every_change(academy: Academy) -> None:
    pathway = academy.add_pathway(in_order(step("a"), step("b")))
    academy.add_pathway(root("b", "c"), reward="e")
    assert [link.pathway for link in academy.pathways.pathway_links("acme", uuid("a"))] == ["A way"]
    assert len(academy.pathways.pathway_links("acme", uuid("b"))) == 2
    pathway_actions.change(
        academy.issuer_context, academy.pathways, "acme", pathway.id, Draft("Other", "Up.", root("c", "d"))
    )
    assert academy.pathways.pathway_links("acme", uuid("a")) == ()
    assert [link.pathway for link in academy.pathways.pathway_links("acme", uuid("b"))] == ["A way"]
    assert [link.pathway for link in academy.pathways.pathway_links("acme", uuid("c"))] == ["A way", "Other"]
    archived = Draft("Other", "Up.", root("c", "d"), archived=True)
    pathway_actions.change(academy.issuer_context, academy.pathways, "acme", pathway.id, archived)
    assert academy.pathways.pathway_links("acme", uuid("d")) == ()


def test_concurrent_changes_cannot_create_a_cycle(academy: Academy) -> None:
    """Each writer reads the pathways before the other one has saved."""
    first = Draft("One", "Up.", root("a"), uuid("b"))
    second = Draft("Two", "Up.", root("b"), uuid("a"))

    class Slow(Pathways):
        def pathways(self, issuer_id: str) -> Any:
            found = list(super().pathways(issuer_id))
            if not self.stored:
                pathway_actions.add(academy.issuer_context, academy.pathways, "acme", first)
            return iter(found)

    with pytest.raises(Refused) as refused:
        pathway_actions.add(academy.issuer_context, Slow(**vars(academy.pathways)), "acme", second)
    assert refused.value.code == "pathway_cycle"
    assert [pathway.name for pathway in academy.pathways.pathways("acme")] == ["One"]
