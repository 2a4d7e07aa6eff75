"""`award.hooks.WebhookStore` on both storages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.award.webhooks.webhook import (
    MAX_COURSE,
    Delivery,
    Fields,
    Outcome,
    Secret,
    Webhook,
    WebhookStore,
)
from chalicelib.award.webhooks.webhook_actions import MAX_COURSES
from chalicelib.dynamo.stores.webhooks import KEPT, DynamoWebhookStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound
from tests.award.pathways import fakes

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FIELDS = Fields(("/first", "/last"), "/e-mail", "/course/0", "/done", True, None, "/proof")
HOOK = Webhook(
    "h" * 26,
    "acme",
    "Moodle",
    FIELDS,
    {"42": "a1", "Übung #7": "a2"},
    dry_run=True,
    secrets=(Secret(b"\0" * 32, NOW), Secret(b"\xff" * 32, NOW, NOW + timedelta(hours=24))),
    seed=b"\x01" * 32,
    created=NOW,
)
CAME = Delivery(NOW, "msg_1", Outcome.REFUSED, "course_unknown", "43", None, 120)


@pytest.fixture(params=["fake", "real"])
def webhooks(request: pytest.FixtureRequest) -> WebhookStore:
    return fakes.WebhookStore() if request.param == "fake" else DynamoWebhookStore(request.getfixturevalue("tables"))


@pytest.mark.parametrize("value", [True, False, 1, 0, "1", "completed", "course#x"])
def test_a_hook_comes_back_as_it_was_stored(webhooks: WebhookStore, value: str | int | bool) -> None:
    webhook = replace(HOOK, fields=replace(FIELDS, completed_value=value))
    webhooks.add_webhook(webhook)
    found = webhooks.webhook("acme", HOOK.id)
    assert found == webhook
    assert type(found.fields.completed_value) is type(value)
    assert list(webhooks.webhooks("acme")) == [webhook]


def test_another_issuer_has_no_such_hook(webhooks: WebhookStore) -> None:
    webhooks.add_webhook(HOOK)
    assert list(webhooks.webhooks("other")) == []
    with pytest.raises(NotFound):
        webhooks.webhook("other", HOOK.id)
    assert webhooks.deliveries("other", HOOK.id, NOW, 50) == []


def test_an_id_is_taken_once(webhooks: WebhookStore) -> None:
    webhooks.add_webhook(HOOK)
    with pytest.raises(Conflict):
        webhooks.add_webhook(replace(HOOK, name="Another"))
    assert webhooks.webhook("acme", HOOK.id) == HOOK


def test_the_next_version_replaces_the_one_before_it_and_no_other(webhooks: WebhookStore) -> None:
    webhooks.add_webhook(HOOK)
    after = replace(HOOK, name="Canvas", version=2, courses={}, secrets=HOOK.secrets[:1])
    webhooks.replace_webhook(after)
    assert webhooks.webhook("acme", HOOK.id) == after
    for late in (replace(HOOK, name="Late", version=2), replace(HOOK, version=4)):
        with pytest.raises(Conflict):
            webhooks.replace_webhook(late)
    assert webhooks.webhook("acme", HOOK.id) == after


def test_what_is_gone_is_gone_and_does_not_come_back(webhooks: WebhookStore) -> None:
    webhooks.add_webhook(HOOK)
    webhooks.remove_webhook(HOOK)
    webhooks.remove_webhook(HOOK)
    with pytest.raises(NotFound):
        webhooks.webhook("acme", HOOK.id)
    with pytest.raises(Conflict):
        webhooks.replace_webhook(replace(HOOK, version=2))


def test_the_newest_deliveries_are_shown_the_newest_first(webhooks: WebhookStore) -> None:
    came = [replace(CAME, at=NOW + timedelta(seconds=n), message_id=f"msg_{n}") for n in range(7)]
    for each in came:
        webhooks.add_delivery(HOOK, each)
    webhooks.add_delivery(replace(HOOK, id="i" * 26), CAME)
    assert webhooks.deliveries("acme", HOOK.id, NOW, 5) == came[:1:-1]


def test_two_deliveries_of_one_message_a_microsecond_apart_are_two(webhooks: WebhookStore) -> None:
    for after in (0, 1):
        webhooks.add_delivery(HOOK, replace(CAME, at=NOW + timedelta(microseconds=after)))
    webhooks.add_delivery(HOOK, CAME)
    assert len(webhooks.deliveries("acme", HOOK.id, NOW, 50)) == 2


def test_a_delivery_comes_back_as_it_was_kept(webhooks: WebhookStore) -> None:
    for outcome in Outcome:
        webhooks.add_delivery(HOOK, replace(CAME, message_id=f"m#{outcome}", outcome=outcome))
    bare = replace(CAME, message_id="~", outcome=Outcome.ISSUED, code=None, course=None, credential_id="c" * 26)
    webhooks.add_delivery(HOOK, bare)
    found = webhooks.deliveries("acme", HOOK.id, NOW, 50)
    assert {each.outcome for each in found} == set(Outcome)
    assert bare in found


def test_what_is_past_its_time_is_not_shown_though_it_may_still_be_stored(webhooks: WebhookStore) -> None:
    webhooks.add_delivery(HOOK, CAME)
    assert webhooks.deliveries("acme", HOOK.id, NOW + KEPT - timedelta(seconds=1), 50) == [CAME]
    assert webhooks.deliveries("acme", HOOK.id, NOW + KEPT, 50) == []


def test_deliveries_stand_in_the_table_that_forgets(tables: Tables) -> None:
    DynamoWebhookStore(tables).add_delivery(HOOK, CAME)
    items = tables.client.scan(TableName=tables.secrets)["Items"]
    assert [item["expires"]["N"] for item in items] == [str(int((NOW + KEPT).timestamp()))]
    assert tables.client.scan(TableName=tables.credentials)["Items"] == []


def test_the_largest_table_of_courses_can_be_stored(tables: Tables) -> None:
    webhooks = DynamoWebhookStore(tables)
    courses = {f"{n:04}".rjust(MAX_COURSE, "ü"): "6f4c1a4e-6d83-4e6e-9a53-0a2c5a0d9f11" for n in range(MAX_COURSES)}
    webhooks.add_webhook(replace(HOOK, courses=courses))
    assert webhooks.webhook("acme", HOOK.id).courses == courses
