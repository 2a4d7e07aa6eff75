"""The email about a paused endpoint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.delivery import endpoint_notices
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.tasks.task_queue import Task
from tests.http.fake_laurel import NOW, Laurel, seeded

TASK = Task("endpoint_paused", "fernhill", "one", NOW)


def paused(laurel: Laurel, **changes: object) -> list[str]:
    issuer = replace(laurel.issuer_store.issuer("fernhill"), **changes)  # type: ignore[arg-type]
    laurel.issuer_store._issuers["fernhill"] = issuer
    for _ in range(endpoint_notices.PER_ISSUER.max_count + 2):
        endpoint_notices.handle(laurel.delivery_context, TASK)
    return [one.to for one in laurel.mailer.sent if one.kind is Kind.ENDPOINT_PAUSED]


def test_the_contact_of_an_identified_issuer_is_emailed_a_few_times_a_day() -> None:
    laurel = seeded()
    sent = paused(laurel, email="office@fernhill.example", registered_as="Fernhill College")
    assert sent == ["office@fernhill.example"] * endpoint_notices.PER_ISSUER.max_count
    assert "/console/fernhill/endpoints/one" in laurel.mailer.sent[-1].main.url


@pytest.mark.parametrize(
    "changes",
    [{"email": None}, {"email": "someone@else.example", "registered_as": None, "domains": ()}],
    ids=["none", "not-its-own"],
)
def test_no_one_else_is_emailed(changes: dict[str, object]) -> None:
    assert paused(seeded(), **changes) == []
