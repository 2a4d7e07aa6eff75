"""Outcomes through the API."""

from __future__ import annotations

import csv
import io
import json as to_json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.access.roles import Role
from chalicelib.award.daily_limits import Limit
from chalicelib.delivery import mailbox
from chalicelib.outcomes import comparing, importing
from chalicelib.outcomes.outcome import Held
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway
from tests.http.signed_in import as_token

ROW = {"name": "pay", "unit": "EUR", "date": "2026-11-20", "value": 100.5, "email": "ada@example.org"}


@pytest.fixture
def send(laurel: Laurel, client: Gateway) -> Any:
    headers = as_token(laurel, "fernhill", Role.OWNER)

    def call(method: str, path: str = "", json: object = None, **more: str) -> Any:
        if json is None:
            return client(method, f"/v1/outcomes{path}", **headers, **more)
        sent = to_json.dumps(json).encode()
        return client(method, f"/v1/outcomes{path}", body=sent, content_type="application/json", **headers, **more)

    return call


def test_the_same_import_again_changes_nothing(send: Any, laurel: Laurel) -> None:
    for _ in range(2):
        assert send("POST", json={"outcomes": [ROW, {**ROW, "email": "ben@example.org"}]}).json == {"stored": 2}
    assert len(laurel.outcome_store.values) == 2
    assert send("GET").json["items"] == [{"name": "pay", "unit": "EUR"}]
    assert "ada@" not in str(laurel.outcome_store.values)


def test_nothing_is_stored_if_a_row_has_an_error(send: Any, laurel: Laurel) -> None:
    reply = send("POST", json={"outcomes": [ROW, {**ROW, "date": "soon"}]})
    assert (reply.status, reply.json["code"]) == (400, "bad_outcomes")
    assert reply.json["errors"][0]["pointer"] == "/outcomes/1/date"
    assert not laurel.outcome_store.values


@pytest.mark.parametrize(
    "sent",
    [{}, {"outcomes": []}, {"outcomes": ["x"]}, {"outcomes": [{**ROW, "colour": "red"}]},
     {"outcomes": [{**ROW, "name": 1}]}, {"outcomes": [ROW] * 1_001}],
    ids=["empty", "none", "text", "unknown", "number", "many"],
)  # fmt: skip
def test_other_bodies_are_refused(send: Any, sent: object) -> None:
    assert send("POST", json=sent).json["code"] == "invalid_request"


def test_unit_of_a_name_stays(send: Any) -> None:
    send("POST", json={"outcomes": [ROW]})
    reply = send("POST", json={"outcomes": [{**ROW, "name": "new"}, {**ROW, "unit": "USD"}]})
    assert reply.json["errors"][0]["pointer"] == "/outcomes/1/unit"
    assert [one["name"] for one in send("GET").json["items"]] == ["pay"]


def test_names_and_outcomes_of_a_day_are_limited(send: Any, laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        send("POST", json={"outcomes": [{**ROW, "name": f"n{number}"}]})
    reply = send("POST", json={"outcomes": [{**ROW, "name": "another"}]})
    assert reply.json["code"] == "too_many_outcome_names"
    monkeypatch.setattr(importing, "IMPORTED", Limit("few", "import {:,} outcomes", 1, 1))
    assert [send("POST", json={"outcomes": [{**ROW, "name": "n1"}]}).status for _ in range(2)] == [200, 429]


def test_comparison_is_suppressed_below_ten_and_never_claims_a_cause(send: Any) -> None:
    send("POST", json={"outcomes": [ROW]})
    found = send("GET", "/pay").json
    assert [each["suppressed"] for each in found["comparisons"]] == [True, True]
    assert all(each["groups"] == each["differences"] == [] for each in found["comparisons"])
    assert "Association does not prove causation" in found["note"]
    assert send("GET", "/other").status == 404


def test_holders_are_compared_with_others(send: Any, laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    holders = [f"holder{number}@example.org" for number in range(12)]
    held = [Held(email, "a", datetime(2026, 11, 1, tzinfo=UTC)) for email in holders]
    monkeypatch.setattr(laurel.outcome_store, "held", lambda _issuer_id: iter(held))
    rows = [
        {**ROW, "date": "2026-11-22", "email": email, "value": 200 + number} for number, email in enumerate(holders)
    ]
    rows += [
        {**ROW, "date": "2026-11-22", "email": f"other{number}@example.org", "value": number} for number in range(15)
    ]
    send("POST", json={"outcomes": rows})
    first = send("GET", "/pay").json["comparisons"][0]
    assert [group["people"] for group in first["groups"]] == [10, 10]
    assert "is associated with higher pay" in first["summary"]
    assert "cause" not in first["summary"]
    header, *lines = csv.reader(io.StringIO(send("GET", "/pay", accept="text/csv").text))
    assert header[:2] == ["comparison", "figure"]
    assert len(lines) == 6


def test_outcomes_are_exported_and_deleted(send: Any, laurel: Laurel) -> None:
    send("POST", json={"outcomes": [ROW, {**ROW, "email": "ben@example.org"}, {**ROW, "name": "pay_2"}]})
    lines = list(laurel.exporters["outcome"]("fernhill", ""))
    assert [line["name"] for _, line in lines] == ["pay", "pay", "pay_2"]
    assert list(laurel.exporters["outcome"]("fernhill", lines[1][0])) == lines[2:]
    assert send("DELETE", f"/pay?hash={mailbox.digest('ada@example.org')}").status == 204
    assert len(laurel.outcome_store.values) == 2
    assert send("DELETE", "/pay").status == 204
    assert [one.name for one in laurel.outcome_store.values.values()] == ["pay_2"]
    assert send("DELETE", "/pay").status == 404


def test_a_hash_in_upper_case_deletes_and_another_text_is_refused(send: Any, laurel: Laurel) -> None:
    send("POST", json={"outcomes": [ROW, {**ROW, "email": "ben@example.org"}]})
    reply = send("DELETE", "/pay?hash=ada@example.org")
    assert (reply.status, reply.json["code"]) == (422, "bad_hash")
    assert send("DELETE", f"/pay?hash={mailbox.digest('ada@example.org').upper()}").status == 204
    assert [one.person for one in laurel.outcome_store.values.values()] == [mailbox.digest("ben@example.org")]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR], ids=["viewer", "editor"])
def test_only_who_may_export_compares_the_holders_of_one_achievement(
    send: Any, laurel: Laurel, client: Gateway, role: Role
) -> None:
    send("POST", json={"outcomes": [ROW]})
    others = as_token(laurel, "fernhill", role)
    assert client.get("/v1/outcomes/pay", **others).status == 200
    refused = client.get("/v1/outcomes/pay?achievement=a", **others)
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert send("GET", "/pay?achievement=a").status == 200


def test_comparisons_of_a_day_are_limited(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    send("POST", json={"outcomes": [ROW]})
    monkeypatch.setattr(comparing, "COMPARISONS", Limit("few-comparisons", "compare outcomes {:,} times", 1, 1))
    assert [send("GET", "/pay").status for _ in range(2)] == [200, 429]
