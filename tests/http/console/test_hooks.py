"""Webhooks: set up, tried, changed, removed."""

from __future__ import annotations

import re

import pytest

from chalicelib.award.hooks import Hook
from tests.http.console.test_award import achievement, said
from tests.http.gateway import Answer
from tests.http.signed_in import Browser
from tests.http.world import Laurel

HERE = "/console/fernhill/hooks"


def fields(laurel: Laurel, **changes: str) -> dict[str, str]:
    return {
        "name": "Moodle", "courses": f"DA-101 = {achievement(laurel)}\n", "name_at": "/learner/first /learner/last",
        "email": "/learner/email", "course": "/course/id", "completed": "/event", "completed_value": "course_completed",
        "completed_at": "", "evidence": "", "dry_run": "yes", "do": "save", **changes,
    }  # fmt: skip


def make(browser: Browser, laurel: Laurel, **changes: str) -> Answer:
    return browser.post(f"{HERE}/new", fields(laurel, **changes))


def the_one(laurel: Laurel) -> Hook:
    (found,) = laurel.hooks.hooks("fernhill")
    return found


def test_webhook_is_set_up_and_its_secret_shown_once(owner: Browser, laurel: Laurel) -> None:
    answer = make(owner, laurel)
    hook = the_one(laurel)
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.text)
    assert f"{laurel.base_url}/hooks/fernhill.{hook.id}" in answer.text
    assert hook.fields.name == ("/learner/first", "/learner/last")
    assert dict(hook.courses) == {"DA-101": achievement(laurel)}
    assert hook.dry_run
    page = owner.get(f"{HERE}/{hook.id}")
    assert secret not in page.text
    assert "It is being tried out" in said(page)
    assert "Moodle" in said(owner.get(HERE))


def test_new_one_begins_with_the_messages_of_our_own_page(owner: Browser) -> None:
    assert 'value="/learner/email"' in owner.get(f"{HERE}/new").text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, '<a href="#name">'),
        ({"email": ""}, '<a href="#email">'),
        ({"completed_value": ""}, '<a href="#completed_value">'),
        ({"courses": ""}, '<a href="#courses">'),
        ({"courses": "DA-101"}, "Line 1 is not of the form"),
        ({"courses": "\nDA-101 = a\nDA-101 = b"}, "Line 3: this course stands in the list already."),
        ({"courses": "DA-101 = another"}, "has no achievement"),
        ({"email": "learner.email"}, "to be mended"),
    ],
)
def test_fault_is_told_and_nothing_is_saved(owner: Browser, laurel: Laurel, changes: dict[str, str], says: str) -> None:
    answer = make(owner, laurel, **changes)
    assert answer.status == 422
    assert says in answer.text
    assert list(laurel.hooks.hooks("fernhill")) == []


def test_webhook_is_changed_and_begins(owner: Browser, laurel: Laurel) -> None:
    make(owner, laurel)
    one = the_one(laurel)
    answer = owner.post(f"{HERE}/{one.id}", fields(laurel, dry_run="", completed_value="true"))
    assert answer.headers["location"].endswith(f"/hooks/{one.id}?did=hook_changed")
    after = the_one(laurel)
    assert (after.dry_run, after.fields.completed_value) == (False, True)
    assert 'name="completed_value" type="text" value="true"' in owner.get(f"{HERE}/{one.id}").text


def test_another_secret_and_the_end(owner: Browser, laurel: Laurel) -> None:
    first = make(owner, laurel).text
    one = the_one(laurel)
    second = owner.post(f"{HERE}/{one.id}", {"do": "rotate"}).text
    found = [re.findall(r"whsec_[A-Za-z0-9+/=]+", text) for text in (first, second)]
    assert found[0] != found[1]
    assert [len(secrets) for secrets in found] == [1, 1]
    assert owner.post(f"{HERE}/{one.id}", {"do": "remove"}).headers["location"].endswith("?did=hook_removed")
    assert list(laurel.hooks.hooks("fernhill")) == []


def test_only_an_owner_sees_them(editor: Browser, viewer: Browser, laurel: Laurel) -> None:
    for browser in (editor, viewer):
        assert browser.get(HERE).status == 403
        assert make(browser, laurel).status == 403
        assert ">Webhooks<" not in browser.get("/console/fernhill").text
