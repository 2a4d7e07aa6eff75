"""Pathways in the console: create, change, and view a learner's progress."""

from __future__ import annotations

import re

import pytest

from chalicelib.award.achievements import NewAchievement, add
from chalicelib.award.pathways import pathway_actions
from chalicelib.award.pathways.pathway import Completion, Group, Pathway, Rule
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.award.pathways.pathway_link import Step
from tests.http.console.test_bulk import achievement, text_of
from tests.http.console.test_limits import make_unidentified
from tests.http.fake_laurel import NOW, Laurel, id_of, picture
from tests.http.gateway import Response
from tests.http.public.test_pages import Outline
from tests.http.signed_in import Browser

HERE = "/console/fernhill/pathways"


@pytest.fixture
def second(laurel: Laurel) -> str:
    new = NewAchievement("fernhill", "Statistics", "Counts.", "Counted.", picture(), "A heap")
    return add(laurel.issuer_context, new).id


@pytest.fixture
def goal(laurel: Laurel) -> str:
    new = NewAchievement("fernhill", "Data scientist", "Both.", "Did both.", picture(), "A star")
    return add(laurel.issuer_context, new).id


def save_pathway(browser: Browser, laurel: Laurel, second: str, path: str = "new", **changes: str) -> Response:
    fields = {
        "name": "To data science", "description": "Two courses.", "rule": "in_order", "required": "",
        "step_1": achievement(laurel), "url_1": "https://fernhill.example/analysis", "step_2": second, "url_2": "",
        "step_3": "", "reward": "", "do": "save", **changes,
    }  # fmt: skip
    return browser.post(f"{HERE}/{path}", fields)


def only_pathway(laurel: Laurel) -> Pathway:
    (found,) = laurel.pathways.pathways("fernhill")
    return found


def test_pathway_is_created_and_listed(editor: Browser, laurel: Laurel, second: str, goal: str) -> None:
    first = achievement(laurel)
    response = save_pathway(editor, laurel, second, reward=goal, confirm="yes")
    assert response.headers["location"].endswith("/pathways?did=pathway_rewards")
    pathway = only_pathway(laurel)
    assert [step.achievement_id for step in pathway.root.steps if isinstance(step, Step)] == [first, second]
    assert (pathway.root.rule, pathway.reward_name) == (Rule.IN_ORDER, "Data scientist")
    page = text_of(editor.get(HERE))
    assert "To data science" in page
    assert "2 steps, reward:  Data scientist" in page


def test_issuing_a_reward_to_holders_with_all_steps_needs_confirmation(
    editor: Browser, laurel: Laurel, second: str, goal: str
) -> None:
    response = save_pathway(editor, laurel, second, reward=goal)
    assert (response.status, "Tick the box to issue the reward" in response.text) == (422, True)
    assert list(laurel.pathways.pathways("fernhill")) == []
    save_pathway(editor, laurel, second, reward=goal, confirm="yes")
    pathway = only_pathway(laurel)
    renamed = save_pathway(editor, laurel, second, pathway.id, reward=goal, name="New name", version="1")
    assert renamed.headers["location"].endswith("did=pathway_saved")
    shorter = save_pathway(editor, laurel, second, pathway.id, reward=goal, name="New name", version="2", step_2="")
    assert shorter.status == 422


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, '<a href="#name">'),
        ({"description": ""}, '<a href="#description">'),
        ({"rule": "sometimes"}, '<a href="#rule">'),
        ({"rule": "any", "required": "3"}, '<a href="#required">'),
        ({"rule": "any", "required": "some"}, '<a href="#required">'),
        ({"step_1": "", "step_2": ""}, '<a href="#step_1">'),
        ({"step_1": "another's"}, "does not have the achievement"),
        ({"url_1": "javascript:alert(1)"}, "is not a URL"),
    ],
)
def test_error_is_shown_and_nothing_is_saved(
    editor: Browser, laurel: Laurel, second: str, changes: dict[str, str], says: str
) -> None:
    response = save_pathway(editor, laurel, second, **changes)
    assert response.status == 422
    assert says in response.text
    assert list(laurel.pathways.pathways("fernhill")) == []


def test_pathway_change_requires_the_current_version(editor: Browser, laurel: Laurel, second: str) -> None:
    save_pathway(editor, laurel, second)
    pathway = only_pathway(laurel)
    page = editor.get(f"{HERE}/{pathway.id}").text
    assert 'name="version" value="1"' in page
    assert 'value="https://fernhill.example/analysis"' in page
    assert save_pathway(editor, laurel, second, pathway.id, version="1", name="Further").status == 303
    assert (only_pathway(laurel).name, only_pathway(laurel).version) == ("Further", 2)
    for version in ("1", "", "x"):
        assert save_pathway(editor, laurel, second, pathway.id, version=version, name="Elsewhere").status == 422
    assert only_pathway(laurel).name == "Further"


def test_an_error_on_the_form_does_not_take_over_the_version_of_someone_else(
    editor: Browser, laurel: Laurel, second: str
) -> None:
    save_pathway(editor, laurel, second)
    pathway = only_pathway(laurel)
    assert save_pathway(editor, laurel, second, pathway.id, version="1", name="Theirs").status == 303
    for mistake in ({"name": ""}, {"do": "more"}):
        answer = save_pathway(editor, laurel, second, pathway.id, **{"version": "1", "name": "Mine", **mistake})
        assert 'name="version" value="1"' in answer.text
    conflict = save_pathway(editor, laurel, second, pathway.id, version="1", name="Mine")
    assert (conflict.status, 'name="version" value="2"' in conflict.text) == (422, True)
    assert only_pathway(laurel).name == "Theirs"


def test_more_steps_keeps_the_input(editor: Browser, laurel: Laurel, second: str) -> None:
    response = save_pathway(editor, laurel, second, do="more")
    assert 'name="step_8"' in response.text
    assert f'value="{second}" selected' in response.text
    assert list(laurel.pathways.pathways("fernhill")) == []


def test_progress_of_a_learner(viewer: Browser, editor: Browser, laurel: Laurel, second: str) -> None:
    save_pathway(editor, laurel, second)
    page = viewer.get(f"{HERE}/{only_pathway(laurel).id}?email=ada@example.org")
    assert "1 of 2 steps" in text_of(page)
    assert "Earned" in text_of(page)
    assert "Available now" in text_of(page)
    assert "Save the change" not in text_of(page)
    assert "0 of 2 steps" in text_of(viewer.get(f"{HERE}/{only_pathway(laurel).id}?email=nobody"))


def test_nested_groups_are_shown_read_only(editor: Browser, laurel: Laurel, second: str) -> None:
    save_pathway(editor, laurel, second)
    pathway = only_pathway(laurel)
    nested = Group(Rule.ALL, (Group(Rule.ALL, pathway.root.steps, 2),), 1)
    pathway_actions.change(
        laurel.issuer_context, laurel.pathways, "fernhill", pathway.id, Draft("Nested", "Deep.", nested)
    )
    page = text_of(editor.get(f"{HERE}/{pathway.id}"))
    assert "Use the API to change it." in page
    assert "Statistics" in page
    assert "Save the change" not in page


def test_unverified_issuer_is_told_that_pages_do_not_show_the_next_step_yet(
    owner: Browser, viewer: Browser, laurel: Laurel, second: str
) -> None:
    save_pathway(owner, laurel, second)
    pathway = f"{HERE}/{only_pathway(laurel).id}"
    credential, step = f"/c/{id_of('valid')}", "Step 1 of 2 in"
    warning = "so your credentials’ pages do not show the next step yet."
    promise = "Each credential’s page shows the next step"
    assert step in " ".join(text_of(owner.client.get(credential, accept="text/html")).split())
    assert promise in text_of(owner.get(HERE))
    assert warning not in text_of(owner.get(HERE)) + text_of(owner.get(pathway))
    make_unidentified(laurel)
    assert step not in " ".join(text_of(owner.client.get(credential, accept="text/html")).split())
    assert promise not in text_of(owner.get(HERE))
    for page in (HERE, pathway):
        assert warning in text_of(owner.get(page))
        assert '/console/fernhill/domains">Verify a domain</a>' in owner.get(page).text
        assert "An owner of your organization can verify a domain." in text_of(viewer.get(page))


def test_viewer_cannot_create_a_pathway(viewer: Browser, laurel: Laurel, second: str) -> None:
    assert "Draw a new one" not in text_of(viewer.get(HERE))
    assert viewer.get(f"{HERE}/new").status == 403
    assert save_pathway(viewer, laurel, second).status == 403


def test_page_lists_who_has_completed_the_pathway(
    viewer: Browser, editor: Browser, laurel: Laurel, second: str
) -> None:
    save_pathway(editor, laurel, second)
    pathway = only_pathway(laurel)
    page = f"{HERE}/{pathway.id}"
    assert "No holders have completed this pathway yet." in text_of(viewer.get(page))
    for number in range(27):
        completion_id = f"{'abcdefghijklmnopqrstuvwxyz2'[number]}".ljust(26, "a")
        email = f"holder{number}@example.org"
        laurel.pathways.complete(
            Completion(completion_id, "fernhill", pathway.id, pathway.version, email, NOW, ("x" * 26,), rewarded=False)
        )
    first = viewer.get(page)
    assert "holder0@example.org" in first.text
    assert "Requirements no longer met" in first.text  # the fakes have no credentials for them
    (more,) = [href for href in Outline(first.text).attributes("href") if "after=" in href]
    following = viewer.get(more.removeprefix(laurel.base_url).partition("#")[0])
    listed = re.findall(r"<bdi>(holder\d+@example.org)</bdi>", first.text + following.text)
    assert len(listed) == len(set(listed)) == 27
    assert viewer.get(f"{page}?after=nonsense").status == 200
