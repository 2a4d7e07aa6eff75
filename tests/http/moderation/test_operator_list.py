"""The operators' list of reports, through the API."""

from __future__ import annotations

import json

import pytest

from chalicelib.access import tokens
from chalicelib.moderation import submission
from chalicelib.moderation.submission import Draft
from chalicelib.moderation.visitor_report import RETENTION, Reason
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import Gateway, Response

LIST = "/v1/visitor-reports"


@pytest.fixture
def authorization(laurel: Laurel) -> str:
    return f"Bearer {tokens.make(laurel.access_context, None, None, 'operator', 'tests')[1]}"


def report(laurel: Laurel, kind: str = "valid") -> str:
    draft = Draft(Reason.IMPERSONATION, "Not their college.", "eve@example.org")
    return submission.submit(laurel.moderation_context, id_of(kind), draft, "203.0.113.9").id


def set_state(client: Gateway, authorization: str, report_id: str, state: object) -> Response:
    body = json.dumps({"state": state}).encode()
    return client("PUT", f"{LIST}/{report_id}", body=body, content_type="application/json", authorization=authorization)


def test_a_report_is_listed_with_its_words_and_the_route_to_take_down(
    client: Gateway, laurel: Laurel, authorization: str
) -> None:
    report_id = report(laurel)
    (item,) = client.get(LIST, authorization=authorization).json["items"]
    assert (item["id"], item["state"], item["reason"]) == (report_id, "open", "impersonation")
    assert (item["message"], item["email"], item["issuer"]) == ("Not their college.", "eve@example.org", "fernhill")
    path = item["takedown"].removeprefix(BASE_URL)
    taken = client(
        "PUT", path, body=b'{"taken_down":true}', content_type="application/json", authorization=authorization
    )
    assert (taken.status, client.get(item["page"].removeprefix(BASE_URL)).status) == (200, 410)


def test_reports_are_closed_and_reopened(client: Gateway, laurel: Laurel, authorization: str) -> None:
    report_id = report(laurel)
    assert set_state(client, authorization, report_id, "closed").json["state"] == "closed"
    assert client.get(LIST, authorization=authorization).json["items"] == []
    closed = client.get(f"{LIST}?state=closed", authorization=authorization).json["items"]
    assert [item["issuer_state"] for item in closed] == ["open"]
    set_state(client, authorization, report_id, "open")
    assert len(client.get(LIST, authorization=authorization).json["items"]) == 1


def test_reports_are_filtered_and_paged(client: Gateway, laurel: Laurel, authorization: str) -> None:
    ids = [report(laurel, kind) for kind in ("valid", "expired", "revoked")]
    first = client.get(f"{LIST}?limit=2", authorization=authorization).json
    second = client.get(f"{LIST}?limit=2&cursor={first['next']}", authorization=authorization).json
    assert sorted(each["id"] for each in [*first["items"], *second["items"]]) == sorted(ids)
    assert second["next"] is None
    only = client.get(f"{LIST}?credential={id_of('expired')}&issuer=fernhill", authorization=authorization).json
    assert [each["id"] for each in only["items"]] == [ids[1]]
    assert client.get(f"{LIST}?issuer=other", authorization=authorization).json["items"] == []


@pytest.mark.parametrize("query", ["state=any", "cursor=x", "limit=101", "reason=other"])
def test_invalid_parameters_are_refused(client: Gateway, authorization: str, query: str) -> None:
    assert client.get(f"{LIST}?{query}", authorization=authorization).status == 400


def test_an_unknown_report_or_state_is_refused(client: Gateway, laurel: Laurel, authorization: str) -> None:
    report_id = report(laurel)
    assert set_state(client, authorization, "x" * 26, "closed").status == 404
    assert set_state(client, authorization, report_id, "gone").status == 400
    assert set_state(client, authorization, report_id, None).status == 400


def test_the_address_is_gone_after_its_retention(client: Gateway, laurel: Laurel, authorization: str) -> None:
    report(laurel)
    laurel.now += RETENTION
    (item,) = client.get(LIST, authorization=authorization).json["items"]
    assert (item["message"], item["email"], item["reason"]) == (None, None, "impersonation")
