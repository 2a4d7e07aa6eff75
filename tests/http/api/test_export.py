"""Export of an issuer's data through the API."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.access.roles import Role
from chalicelib.award import daily_limits, export
from chalicelib.award.bulk import bulk_issuer
from chalicelib.award.bulk.bulk_issuer import Allow, Upload
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.award.webhooks.webhook import Fields, Secret, Webhook
from chalicelib.errors import Malformed
from chalicelib.moderation import submission
from chalicelib.moderation.submission import Draft
from chalicelib.moderation.visitor_report import Reason
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import Gateway
from tests.http.signed_in import add_member, as_token


@pytest.fixture
def populated(laurel: Laurel) -> Laurel:
    """Two issuers; the first one has data of every type."""
    issuer_actions.create(laurel.issuer_context, NewIssuer("other", "Other", "https://other.example/", "Teaches, too."))
    add_member(laurel.access_context, "fernhill", "ada@fernhill.example", Role.OWNER)
    add_member(laurel.access_context, "other", "eve@other.example", Role.OWNER)
    (achievement,) = laurel.issuer_store.achievements("fernhill")
    laurel.issuer_store.replace_achievement(achievement, replace(achievement, name="Data analysis II", version=2))
    rows = b"name,email,ref\nBob,bob@example.org,7\nCarl,nonsense,8\n"
    submission.submit(laurel.moderation_context, id_of("valid"), Draft(Reason.OTHER, "Why?"), "203.0.113.7")
    for key in ("one", "two"):
        sent = Upload(Terms(achievement.id), rows, Allow(row_errors=True), key=key)
        bulk_issuer.create(laurel.bulk, "fernhill", sent, "ada@fernhill.example")
    return laurel


def export_all(laurel: Laurel, max_bytes: int = export.PAGE_BYTES) -> tuple[list[dict[str, Any]], int]:
    exported: list[dict[str, Any]] = []
    cursor, pages = None, 0
    while pages == 0 or cursor:
        page = export.page(laurel.exporters, "fernhill", cursor, max_bytes)
        exported += [json.loads(line) for line in page.content.splitlines()]
        cursor, pages = page.next, pages + 1
    return exported, pages


def test_export_contains_every_type(populated: Laurel) -> None:
    exported, _ = export_all(populated)
    kinds = [line["type"] for line in exported]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "issuer": 1, "achievement": 2, "credential": 8, "status_list": 2, "job": 6, "member": 1,
        "visitor_report": 1,
    }  # fmt: skip
    rows = [line for line in exported if "row" in line]
    assert [line["row"]["ref"] for line in rows] == ["7", "8"] * 2


def test_credentials_are_exported_as_signed_with_their_recipient(populated: Laurel) -> None:
    exported, _ = export_all(populated)
    for line in exported:
        if line["type"] == "credential":
            record = populated.issuer_store.record(line["id"])
            assert line["document"] == json.loads(record.document)
            assert line["status"]["state"] == record.status.state
            assert line["recipient"]["email"] == "ada@example.org"
    (valid,) = [line["document"] for line in exported if line.get("id") == id_of("valid")]
    as_signed = json.dumps(valid, ensure_ascii=False, separators=(",", ":")).encode()
    assert as_signed == populated.issuer_store.record(id_of("valid")).document


@pytest.mark.parametrize("max_bytes", [1, 2_000, 20_000])
def test_page_size_does_not_change_the_export(populated: Laurel, max_bytes: int) -> None:
    all_lines, one = export_all(populated)
    exported, pages = export_all(populated, max_bytes)
    assert exported == all_lines
    assert (one, pages > 1) == (1, True)


def test_export_contains_no_secrets(populated: Laurel) -> None:
    webhook = Webhook(
        "h" * 26, "fernhill", "LMS", Fields("course", "name", "email", "done", True), {"c": "a"}, False,
        (Secret(b"canary-secret" + bytes(19), populated.now),), b"canary-seed" + bytes(21), populated.now,
    )  # fmt: skip
    populated.webhooks.add_webhook(webhook)
    headers = as_token(populated, "fernhill", Role.OWNER)
    exported, _ = export_all(populated)
    text = json.dumps(exported)
    assert {"webhook", "token"} <= {line["type"] for line in exported}
    keys = [key.handle for key in populated.issuer_store.issuer("fernhill").keys]
    for secret in ("canary", headers["authorization"].rpartition("_")[2], *(f'"{handle}"' for handle in keys)):
        assert secret not in text
    names = {name for line in exported for name in line}
    assert not names & {"secret", "secrets", "seed", "digest", "handle"}


def test_export_refuses_bytes(populated: Laurel) -> None:
    with pytest.raises(TypeError):
        export.plain(populated.bulk.jobs.jobs("fernhill", None, 1).jobs[0])


def test_export_of_another_issuer_contains_only_its_own_data(populated: Laurel, client: Gateway) -> None:
    response = client.get("/v1/export", **as_token(populated, "other", Role.OWNER))
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert {line["type"] for line in lines} == {"issuer", "status_list", "member", "token", "end"}
    assert "fernhill" not in response.text


def test_pagination_by_link_header_and_by_the_last_line(
    populated: Laurel, client: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = export.page
    monkeypatch.setattr(export, "page", lambda exporters, issuer_id, cursor: page(exporters, issuer_id, cursor, 9_000))
    headers = as_token(populated, "fernhill", Role.OWNER)
    path, kinds, pages = "/v1/export", [], 0
    while path:
        response = client.get(path, **headers)
        assert response.headers["content-type"] == "application/x-ndjson"
        *lines, last = [json.loads(line) for line in response.text.splitlines()]
        kinds += [line["type"] for line in lines]
        link = response.headers.get("link", "")
        path, pages = link[link.find("/v1") : link.find(">")] if link else "", pages + 1
        assert (last["type"] == "next") == bool(path)
        assert not path or last["cursor"] in path
    assert pages > 2
    assert kinds.count("credential") == 8


@pytest.mark.parametrize("cursor", ["x", "AAAA", "bm90aGluZyB4", "Y3JlZGVudGlhbCB4", "am9iIHggMS14"])
def test_a_forged_cursor_is_refused_or_exports_nothing(populated: Laurel, client: Gateway, cursor: str) -> None:
    response = client.get(f"/v1/export?cursor={cursor}", **as_token(populated, "fernhill", Role.OWNER))
    assert response.status in (200, 400)
    if response.status == 200:  # an unknown job: nothing of it is exported
        assert '"job":' not in response.text
    with pytest.raises(Malformed):
        export.page(populated.exporters, "fernhill", "Y3JlZGVudGlhbCB4")


def test_only_owners_can_export(populated: Laurel, client: Gateway) -> None:
    assert client.get("/v1/export", **as_token(populated, "fernhill", Role.VIEWER)).status == 403


def test_exports_cannot_be_repeated_without_end(populated: Laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part reads and sends 3 MB, and anyone can create an issuer with so much data."""
    monkeypatch.setattr(daily_limits, "EXPORT_PARTS", replace(daily_limits.EXPORT_PARTS, unproven=3, proven=3))
    client, headers = Gateway.over(populated), as_token(populated, "fernhill", Role.OWNER)
    responses = [client.get("/v1/export", **headers) for _ in range(5)]
    assert [response.status for response in responses] == [200] * 3 + [429] * 2
    assert responses[-1].json["code"] == "daily_limit_exceeded"
    assert client.get("/v1/export", **as_token(populated, "other", Role.OWNER)).status == 200
