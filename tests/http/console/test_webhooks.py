"""Webhooks in the console: create, test, change, remove."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.access import members
from chalicelib.access.roles import Role
from chalicelib.award import achievements
from chalicelib.award.webhooks.webhook import Delivery, Outcome, Webhook
from chalicelib.http.console.webhooks import webhook_form
from tests.http.console.conftest import OWNER
from tests.http.console.test_bulk import achievement, text_of
from tests.http.fake_laurel import NOW, Laurel
from tests.http.gateway import Response
from tests.http.signed_in import Browser

HERE = "/console/fernhill/webhooks"


def fields(laurel: Laurel, **changes: str) -> dict[str, str]:
    return {
        "name": "Moodle", "course_1": "DA-101", "earns_1": achievement(laurel),
        "name_at": "/learner/first /learner/last", "email": "/learner/email", "course": "/course/id",
        "completed": "/event", "completed_value": "course_completed", "completed_at": "", "evidence": "",
        "dry_run": "yes", "do": "save", **changes,
    }  # fmt: skip


def create_webhook(browser: Browser, laurel: Laurel, **changes: str) -> Response:
    return browser.post(f"{HERE}/new", fields(laurel, **changes))


def only_webhook(laurel: Laurel) -> Webhook:
    (found,) = laurel.webhooks.webhooks("fernhill")
    return found


def test_webhook_is_created_and_its_secret_shown_once(owner: Browser, laurel: Laurel) -> None:
    response = create_webhook(owner, laurel)
    webhook = only_webhook(laurel)
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", response.text)
    assert f"{laurel.base_url}/webhooks/fernhill.{webhook.id}" in response.text
    assert webhook.fields.name == ("/learner/first", "/learner/last")
    assert dict(webhook.courses) == {"DA-101": achievement(laurel)}
    assert webhook.dry_run
    page = owner.get(f"{HERE}/{webhook.id}")
    assert secret not in page.text
    assert "Dry run: messages are validated" in text_of(page)
    assert "Moodle" in text_of(owner.get(HERE))


def test_new_webhook_form_has_the_documented_default_fields(owner: Browser) -> None:
    assert 'value="/learner/email"' in owner.get(f"{HERE}/new").text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, '<a href="#name">'),
        ({"email": ""}, '<a href="#email">'),
        ({"completed_value": ""}, '<a href="#completed_value">'),
        ({"course_1": "", "earns_1": ""}, '<a href="#course_1">'),
        ({"earns_1": ""}, '<a href="#earns_1">'),
        ({"course_1": ""}, '<a href="#course_1">'),
        ({"course_3": "DA-101", "earns_3": "b"}, "The course DA-101 is already in the list."),
        ({"earns_1": "another"}, "does not have the achievement"),
        ({"email": "learner.email"}, "There is a problem"),
    ],
)
def test_error_is_shown_and_nothing_is_saved(
    owner: Browser, laurel: Laurel, changes: dict[str, str], says: str
) -> None:
    response = create_webhook(owner, laurel, **changes)
    assert response.status == 422
    assert says in response.text
    assert list(laurel.webhooks.webhooks("fernhill")) == []


def test_achievement_is_chosen_by_its_name(owner: Browser, laurel: Laurel) -> None:
    page = owner.get(f"{HERE}/new").text
    assert f'<option value="{achievement(laurel)}">Data analysis in practice' in page
    create_webhook(owner, laurel)
    edit_page = owner.get(f"{HERE}/{only_webhook(laurel).id}").text
    assert f'<option value="{achievement(laurel)}" selected>Data analysis in practice' in edit_page
    assert 'name="course_1" type="text" value="DA-101"' in edit_page


def test_archived_achievement_stays_on_its_course_and_is_not_offered_again(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    achievements.archive(laurel.issuer_context, "fernhill", achievement(laurel), archived=True)
    assert f'<option value="{achievement(laurel)}"' not in owner.get(f"{HERE}/new").text
    edit_page = owner.get(f"{HERE}/{only_webhook(laurel).id}").text
    assert f'<option value="{achievement(laurel)}" selected>Data analysis in practice (archived)' in edit_page


def test_more_courses_adds_rows_and_keeps_the_input(owner: Browser, laurel: Laurel) -> None:
    response = create_webhook(owner, laurel, do="more")
    assert (response.status, list(laurel.webhooks.webhooks("fernhill"))) == (200, [])
    assert 'name="course_1" type="text" value="DA-101"' in response.text
    assert 'name="course_6"' in response.text
    created = create_webhook(owner, laurel, course_6="DA-106", earns_6=achievement(laurel))
    assert created.status == 200
    assert dict(only_webhook(laurel).courses) == dict.fromkeys(["DA-101", "DA-106"], achievement(laurel))


def test_course_table_over_the_page_limit_is_left_unchanged(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    webhook = only_webhook(laurel)
    courses = {f"C-{number}": achievement(laurel) for number in range(webhook_form.MAX_COURSES + 1)}
    laurel.webhooks.replace_webhook(replace(webhook, courses=courses, version=webhook.version + 1))
    page = owner.get(f"{HERE}/{webhook.id}")
    assert "This webhook has 81 courses" in text_of(page)
    assert 'name="course_1"' not in page.text
    assert owner.post(f"{HERE}/{webhook.id}", fields(laurel, name="Canvas", version="2")).status == 303
    assert (only_webhook(laurel).name, dict(only_webhook(laurel).courses)) == ("Canvas", courses)


def test_the_longest_course_table_can_be_submitted(owner: Browser, laurel: Laurel) -> None:
    rows = {f"course_{number}": f"C-{number}" for number in range(1, webhook_form.MAX_COURSES + 1)}
    rows |= {f"earns_{number}": achievement(laurel) for number in range(1, webhook_form.MAX_COURSES + 1)}
    assert create_webhook(owner, laurel, **rows).status == 200
    assert len(only_webhook(laurel).courses) == webhook_form.MAX_COURSES


def test_resubmitted_form_creates_no_second_webhook(owner: Browser, laurel: Laurel) -> None:
    page = owner.get(f"{HERE}/new").text
    (new_id,) = re.findall(r'name="id" value="([a-z2-7]{26})"', page)
    first = create_webhook(owner, laurel, id=new_id)
    again = create_webhook(owner, laurel, id=new_id)
    assert "whsec_" in first.text
    assert (again.status, again.headers["location"]) == (
        303, f"{laurel.base_url}{HERE}/{new_id}?did=webhook_made_before",
    )  # fmt: skip
    assert only_webhook(laurel).id == new_id
    assert "No new webhook was created." in text_of(owner.get(f"{HERE}/{new_id}?did=webhook_made_before"))


def test_refusal_reason_is_shown_as_text(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    webhook = only_webhook(laurel)
    for code in ("course_unknown", "unheard_of"):
        laurel.webhooks.add_delivery(webhook, Delivery(NOW, code, Outcome.REFUSED, code, "ZZ", None, 2))
    page = text_of(owner.get(f"{HERE}/{webhook.id}"))
    assert "No achievement is chosen for this course." in page
    assert "course_unknown" not in page
    assert "unheard_of" in page


@pytest.mark.parametrize("made_up", ["x", "../../x", "a" * 27])
def test_malformed_webhook_id_is_refused(owner: Browser, laurel: Laurel, made_up: str) -> None:
    assert create_webhook(owner, laurel, id=made_up).status == 422
    assert list(laurel.webhooks.webhooks("fernhill")) == []


def test_resubmitted_rotation_creates_no_third_secret(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    webhook = only_webhook(laurel)
    version = re.findall(r'name="version" value="(\d+)"', owner.get(f"{HERE}/{webhook.id}").text)[-1]
    pressed = {"do": "rotate", "version": version}
    assert "whsec_" in owner.post(f"{HERE}/{webhook.id}", pressed).text
    after = only_webhook(laurel)
    again = owner.post(f"{HERE}/{webhook.id}", pressed)
    assert again.headers["location"].endswith(f"/webhooks/{webhook.id}?did=secret_made_before")
    assert only_webhook(laurel) == after, "the previous secret is still accepted"


def test_rotation_without_a_version_creates_no_secret(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    webhook = only_webhook(laurel)
    assert owner.post(f"{HERE}/{webhook.id}", {"do": "rotate"}).status == 303
    assert only_webhook(laurel) == webhook


def test_webhook_form_without_achievements_links_to_creating_one(owner: Browser, laurel: Laurel) -> None:
    for one in laurel.issuer_store.achievements("fernhill"):
        achievements.archive(laurel.issuer_context, "fernhill", one.id, archived=True)
    page = owner.get(f"{HERE}/new")
    assert "Create one to start issuing" in text_of(page)
    assert "Set it up" not in page.text


def test_webhook_leaves_dry_run(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    webhook = only_webhook(laurel)
    response = owner.post(f"{HERE}/{webhook.id}", fields(laurel, dry_run="", completed_value="true", version="1"))
    assert response.headers["location"].endswith(f"/webhooks/{webhook.id}?did=webhook_changed")
    after = only_webhook(laurel)
    assert (after.dry_run, after.fields.completed_value) == (False, True)
    assert 'name="completed_value" type="text" value="true"' in owner.get(f"{HERE}/{webhook.id}").text


def test_secret_rotation_and_removal(owner: Browser, laurel: Laurel) -> None:
    first = create_webhook(owner, laurel).text
    webhook = only_webhook(laurel)
    second = owner.post(f"{HERE}/{webhook.id}", {"do": "rotate", "version": "1"}).text
    found = [re.findall(r"whsec_[A-Za-z0-9+/=]+", text) for text in (first, second)]
    assert found[0] != found[1]
    assert [len(secrets) for secrets in found] == [1, 1]
    assert owner.post(f"{HERE}/{webhook.id}", {"do": "remove"}).headers["location"].endswith("?did=webhook_removed")
    assert list(laurel.webhooks.webhooks("fernhill")) == []


def test_only_an_owner_sees_the_webhooks(editor: Browser, viewer: Browser, laurel: Laurel) -> None:
    for browser in (editor, viewer):
        assert browser.get(HERE).status == 403
        assert create_webhook(browser, laurel).status == 403
        assert ">Webhooks<" not in browser.get("/console/fernhill").text


def test_two_people_who_edit_one_webhook_do_not_overwrite_each_other(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    webhook = only_webhook(laurel)
    path = f"{HERE}/{webhook.id}"
    (opened,) = re.findall(r'name="version" value="(\d+)"(?=.*?name="name_at")', owner.get(path).text, re.DOTALL)[:1]
    first = fields(laurel, name="Moodle (new)", course_1="DA-102", version=opened)
    assert owner.post(path, first).status == 303

    second = fields(laurel, name="Moodle (mine)", email="/user/email", version=opened)
    conflict = owner.post(path, second)
    assert conflict.status == 422
    assert only_webhook(laurel).name == "Moodle (new)"
    text = text_of(conflict)
    for part in (
        "Someone else has saved this webhook",
        "Moodle (new)",
        "Moodle (mine)",
        "DA-102",
        "DA-101",
        "/user/email",
    ):
        assert part in text
    assert 'value="Moodle (mine)"' in conflict.text

    (seen,) = re.findall(r'name="version" value="(\d+)"', conflict.text)[:1]
    assert owner.post(path, {**second, "version": seen}).status == 303
    assert only_webhook(laurel).name == "Moodle (mine)"


def test_an_error_on_the_form_does_not_take_over_the_version_of_someone_else(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    webhook = only_webhook(laurel)
    path, opened = f"{HERE}/{webhook.id}", str(webhook.version)
    assert owner.post(path, fields(laurel, name="Theirs", version=opened)).status == 303
    for mistake in ({"name": ""}, {"do": "more"}):
        answer = owner.post(path, fields(laurel, version=opened, **mistake))
        (version,) = re.findall(r'name="version" value="(\d+)"', answer.text)[:1]
        assert owner.post(path, fields(laurel, name="Mine", version=version)).status == 422
    assert only_webhook(laurel).name == "Theirs"


@pytest.mark.parametrize("version", ["", "0", "7", "one"])
def test_a_webhook_is_not_changed_from_an_unknown_version(owner: Browser, laurel: Laurel, version: str) -> None:
    create_webhook(owner, laurel)
    before = only_webhook(laurel)
    assert owner.post(f"{HERE}/{before.id}", fields(laurel, name="Mine", version=version)).status == 422
    assert only_webhook(laurel) == before


def demote_owner(laurel: Laurel) -> None:
    members.add(laurel.access_context, "fernhill", "other@fernhill.example", Role.OWNER)
    members.change(laurel.access_context, "fernhill", OWNER, Role.EDITOR)


def test_form_that_an_owner_opened_before_their_demotion_creates_nothing(owner: Browser, laurel: Laurel) -> None:
    assert owner.get(f"{HERE}/new").status == 200
    demote_owner(laurel)
    assert create_webhook(owner, laurel).status == 403
    assert not list(laurel.webhooks.webhooks("fernhill"))


def test_an_owner_who_is_demoted_during_the_request_gets_no_secret(owner: Browser, laurel: Laurel) -> None:
    """The request was authorised, and then the demotion was faster."""
    laurel.webhooks.meanwhile.append(lambda: demote_owner(laurel))
    response = create_webhook(owner, laurel)
    assert (response.status, "whsec_" in response.text) == (403, False)
    assert not list(laurel.webhooks.webhooks("fernhill"))


def test_a_rotation_during_which_the_owner_is_demoted_changes_no_secret(owner: Browser, laurel: Laurel) -> None:
    create_webhook(owner, laurel)
    before = only_webhook(laurel)
    laurel.webhooks.meanwhile.append(lambda: demote_owner(laurel))
    response = owner.post(f"{HERE}/{before.id}", {"do": "rotate", "version": str(before.version)})
    assert (response.status, "whsec_" in response.text) == (403, False)
    assert only_webhook(laurel).secrets == before.secrets
