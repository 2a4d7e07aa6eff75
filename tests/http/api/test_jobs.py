"""Bulk issuing through the API."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable

import pytest

from chalicelib.access.roles import Role
from chalicelib.award.bulk import bulk_issuer, dry_run, job_runner, spreadsheet
from chalicelib.http.api import jobs as view
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import as_token

ROWS = "name,email,ref\nAda,ada@example.org,1\n=Bob(),bob@example.org,2\n"
Send = Callable[..., Response]


@pytest.fixture
def achievement(laurel: Laurel) -> str:
    return next(iter(laurel.issuer_store.achievements("fernhill"))).id


@pytest.fixture
def headers(laurel: Laurel) -> dict[str, str]:
    return as_token(laurel, "fernhill", Role.EDITOR)


@pytest.fixture
def send(client: Gateway, headers: dict[str, str], achievement: str) -> Send:
    def sends(content: str | bytes, query: str = "", **more: str) -> Response:
        body = content if isinstance(content, bytes) else content.encode()
        path = f"/v1/jobs?achievement={achievement}{query}"
        return client.post(path, body, **{"content_type": "text/csv", **headers, **more})

    return sends


def people(count: int) -> str:
    return "name,email\n" + "".join(f"P {number},p{number}@example.org\n" for number in range(count))


def test_a_small_upload_is_issued_immediately(
    send: Send, client: Gateway, headers: dict[str, str], laurel: Laurel
) -> None:
    sent = send(ROWS)
    assert sent.status == 200
    job = sent.json
    assert (job["state"], job["rows"], job["issued"], job["refused"], job["waiting"]) == ("done", 2, 2, 0, 0)
    assert sent.headers["location"] == job["links"]["self"]
    assert client.get(f"/v1/jobs/{job['id']}", **headers).json == job
    rows = client.get(f"/v1/jobs/{job['id']}/rows", **headers).json
    assert [(row["row"], row["ref"], row["name"], row["state"]) for row in rows["items"]] == [
        (2, "1", "Ada", "issued"), (3, "2", "=Bob()", "issued"),
    ]  # fmt: skip
    assert rows["next"] is None
    for row in rows["items"]:
        assert client.get(f"/v1/credentials/{row['credential']}/report").json["verdict"] == "valid"
        assert laurel.issuer_store.recipient(row["credential"]).notify


def test_the_same_upload_is_the_same_job(send: Send) -> None:
    first = send(ROWS)
    assert send(ROWS).json == first.json
    assert send(gzip.compress(ROWS.encode())).json == first.json
    keyed = send(ROWS, idempotency_key="k-1")
    assert keyed.json["id"] != first.json["id"]
    assert send(ROWS, idempotency_key="k-1").json == keyed.json
    other = send(people(1), idempotency_key="k-1")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    settings = send(ROWS, "&notify=false")
    assert (settings.status, settings.json["code"]) == (409, "conflict")


def test_a_large_upload_is_queued(send: Send, client: Gateway, headers: dict[str, str], laurel: Laurel) -> None:
    job = send(people(bulk_issuer.MAX_ROWS_AT_ONCE + 1)).json
    assert (job["state"], job["waiting"]) == ("running", bulk_issuer.MAX_ROWS_AT_ONCE + 1)
    (task,) = [task for task in laurel.tasks.due(laurel.now, 99) if task.kind == bulk_issuer.KIND]
    job_runner.handler(laurel.bulk, laurel.tasks, lambda: laurel.now)(task)
    assert client.get(f"/v1/jobs/{job['id']}", **headers).json["issued"] == bulk_issuer.MAX_ROWS_AT_ONCE + 1


def test_a_dry_run_reports_each_error_and_stores_nothing(send: Send, client: Gateway, headers: dict[str, str]) -> None:
    found = send("name,email\nAda,nonsense\nBob,b@x.org\nCarl,b@x.org\n", "&dry_run=true")
    assert found.status == 200
    assert (found.json["rows"], found.json["rows_with_errors"], found.json["rows_with_duplicates"]) == (3, 1, 1)
    assert found.json["row_errors"] == [
        {"row": 2, "column": "email", "code": "bad_email", "detail": "'nonsense' is not an email address."}
    ]
    assert [error["row"] for error in found.json["duplicates"]] == [4]
    assert client.get("/v1/jobs", **headers).json == {"items": [], "next": None}


def test_a_large_dry_run_is_a_job_with_progress(
    send: Send, client: Gateway, headers: dict[str, str], laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MAX_ROWS_AT_ONCE", 5)
    monkeypatch.setattr(dry_run, "BATCH", 3)
    content = people(6) + "Q,nonsense\nR,p0@example.org\n"
    small = send(people(5), "&dry_run=true")
    assert (small.status, small.json["rows"]) == (200, 5)

    sent = send(content, "&dry_run=true")
    assert (sent.status, sent.json["state"], sent.json["rows"]) == (202, "running", 0)
    path = sent.headers["location"].removeprefix("http://localhost:8000")
    (task,) = [one for one in laurel.tasks.status if one.kind == dry_run.KIND]
    dry_run.run(laurel.dry_runner, "fernhill", task.subject, lambda: True)
    assert client.get(path, **headers).json["rows"] == 3
    dry_run.handler(laurel.dry_runner, lambda: laurel.now)(task)

    found = client.get(path, **headers).json
    monkeypatch.undo()
    at_once = send(content, "&dry_run=true").json
    assert found["state"] == "done"
    assert {name: found[name] for name in at_once} == at_once
    assert (at_once["rows"], at_once["rows_with_errors"], at_once["rows_with_duplicates"]) == (8, 1, 1)
    assert laurel.issuer_store.achievements("fernhill")
    assert client.get("/v1/jobs", **headers).json["items"] == []


def test_a_dry_run_is_deleted_after_a_day(
    send: Send, client: Gateway, headers: dict[str, str], laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MAX_ROWS_AT_ONCE", 1)
    path = send(people(2), "&dry_run=true").json["links"]["self"].removeprefix("http://localhost:8000")
    assert client.get(path, **headers).status == 200
    laurel.now += dry_run.KEPT_FOR
    assert client.get(path, **headers).status == 404
    (task,) = [one for one in laurel.tasks.status if one.kind == dry_run.KIND]
    dry_run.handler(laurel.dry_runner, lambda: laurel.now)(task)


def test_a_large_dry_run_that_cannot_be_parsed_or_issued_stops_with_its_reason(
    send: Send, client: Gateway, headers: dict[str, str], laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MAX_ROWS_AT_ONCE", 1)
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 3)
    sent = send(people(4), "&dry_run=true")
    assert sent.status == 202
    done = dry_run.run(laurel.dry_runner, "fernhill", sent.json["id"])
    assert (done.state.value, "more than 3 rows" in str(done.reason)) == ("stopped", True)
    path = sent.json["links"]["self"].removeprefix("http://localhost:8000")
    assert client.get(path, **headers).json["state"] == "stopped"


@pytest.mark.parametrize(
    ("content", "code", "allow"),
    [
        ("name,email\nAda,nonsense\nBob,b@x.org\n", "rows_refused", "row_errors"),
        ("name,email\nAda,a@x.org\nBob,a@x.org\n", "duplicates", "duplicates"),
        ("name,phone\nAda,1\n", "malformed", "columns"),
    ],
)
def test_errors_and_duplicates_are_refused_unless_allowed(send: Send, content: str, code: str, allow: str) -> None:
    refused = send(content)
    assert (refused.status, refused.json["code"]) == (400 if code == "malformed" else 422, code)
    if code != "malformed":
        assert refused.json["row_errors"][0].keys() == {"row", "column", "code", "detail"}
    assert send(content, f"&allow={allow}").json["state"] == "done"


@pytest.mark.parametrize(
    ("content", "more"),
    [
        ('[{"name": "Ada"}]', {"content_type": "application/json"}),
        ("Ada <ada@example.org>", {"content_type": "text/plain"}),
        (
            '--B\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\nname\nAda\n\r\n--B--\r\n',
            {"content_type": "multipart/form-data; boundary=B"},
        ),
    ],
)
def test_other_row_formats(send: Send, content: str, more: dict[str, str]) -> None:
    assert send(content, **more).json["issued"] == 1


def test_expiry_and_emails_are_upload_settings(send: Send, laurel: Laurel, client: Gateway, headers) -> None:
    job = send("name,email\nAda,a@x.org\n", "&valid_until=2030-01-02&notify=false").json
    (row,) = client.get(f"/v1/jobs/{job['id']}/rows", **headers).json["items"]
    assert f"{laurel.issuer_store.record(row['credential']).valid_until}" == "2030-01-02 23:59:59+00:00"
    assert not laurel.issuer_store.recipient(row["credential"]).notify


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&dry_rum=true", 400), ("&dry_run=yes", 400), ("&allow=everything", 400), ("&valid_until=soon", 400),
        ("&notify=1", 400), ("&achievement=x", 400),
    ],
)  # fmt: skip
def test_an_invalid_setting_issues_nothing(send: Send, laurel: Laurel, query: str, status: int) -> None:
    before = len(list(laurel.issuer_store.records("fernhill")))
    assert send(ROWS, query).status == status
    assert len(list(laurel.issuer_store.records("fernhill"))) == before


@pytest.mark.slow
def test_errors_of_the_whole_upload(send: Send, client: Gateway, headers: dict[str, str]) -> None:
    assert client.post("/v1/jobs", ROWS.encode(), **headers).json["errors"][0]["pointer"] == "/achievement"
    assert client.post("/v1/jobs?achievement=nothing", ROWS.encode(), **headers).status == 404
    assert send("name\n").status == 400
    assert send("name\nBjörn\n".encode("latin-1")).json["code"] == "not_utf8"
    assert send(b"name\n" + b"a" * spreadsheet.MAX_SENT).json["code"] == "too_large"
    assert send(gzip.compress(b"name\n" + b"a" * spreadsheet.MAX_INFLATED)).json["code"] == "too_large"
    assert send(ROWS, idempotency_key="k" * 256).status == 422
    empty = b'--B\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n--B--\r\n'
    assert send(empty, content_type="multipart/form-data; boundary=B").json["code"] == "invalid_request"


def test_upload_size_limit_is_exact(send: Send) -> None:
    start = b"name\nAda\n"
    blank = (b"\n" + b" " * 99) * 40_000
    assert send((start + blank)[: spreadsheet.MAX_SENT], "&dry_run=true").json["rows"] == 1
    assert send((start + blank)[: spreadsheet.MAX_SENT + 1], "&dry_run=true").json["code"] == "too_large"


@pytest.mark.slow
def test_a_compressed_file_of_millions_of_blank_lines_is_refused(send: Send) -> None:
    blank = gzip.compress(b"name\nAda\n" + b"\n" * 33_000_000)
    assert len(blank) < 50_000
    refused = send(blank, "&dry_run=true")
    assert (refused.status, refused.json["code"]) == (413, "too_large")


def test_rows_are_paginated_filtered_by_state_and_downloaded_as_csv(
    send: Send, client: Gateway, headers: dict[str, str]
) -> None:
    content = "name,email\n" + "".join(f"P{n},{f'p{n}@x.org' if n % 2 else 'bad'}\n" for n in range(30))
    job = send(content, "&allow=row_errors").json
    assert (job["issued"], job["refused"]) == (15, 15)
    found, path, pages = [], f"/v1/jobs/{job['id']}/rows?state=refused&limit=4", 0
    while path:
        response = client.get(path, **headers)
        found += response.json["items"]
        link = response.headers.get("link", "")
        path, pages = link[link.find("/v1") : link.find(">")] if link else "", pages + 1
    assert (len(found), pages) == (15, 4)
    assert {row["code"] for row in found} == {"bad_email"}
    table = client.get(f"/v1/jobs/{job['id']}/rows", accept="text/csv", **headers)
    assert table.headers["content-type"].startswith("text/csv")
    read = list(csv.DictReader(io.StringIO(table.text)))
    assert tuple(read[0]) == view.COLUMNS
    assert [row["state"] for row in read] == ["refused", "issued"] * 15
    assert "link" not in table.headers


def test_csv_of_rows_contains_no_formula(send: Send, client: Gateway, headers: dict[str, str]) -> None:
    job = send(ROWS).json
    table = client.get(f"/v1/jobs/{job['id']}/rows", accept="text/csv", **headers).text
    assert ",'=Bob()," in table
    assert client.get(f"/v1/jobs/{job['id']}/rows", accept="image/png", **headers).status == 406


def test_a_page_of_rows_stays_below_the_lambda_response_limit(
    send: Send, client: Gateway, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MAX_RESPONSE_BYTES", 1000)
    job = send(people(20)).json
    page = client.get(f"/v1/jobs/{job['id']}/rows", **headers).json
    assert 1 < len(page["items"]) < 20
    assert page["next"]


def test_jobs_are_listed_newest_first(send: Send, client: Gateway, headers: dict[str, str], laurel: Laurel) -> None:
    job_ids = [send(ROWS, idempotency_key=f"k{number}").json["id"] for number in range(3)]
    found, cursor = [], ""
    while True:
        page = client.get(f"/v1/jobs?limit=2{cursor}", **headers).json
        found += [job["id"] for job in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(found) == sorted(job_ids)
    for url in ("/v1/jobs?cursor=AAAA", f"/v1/jobs/{job_ids[0]}/rows?cursor=x"):
        refused = client.get(url, **headers)
        assert (refused.status, refused.json["code"]) == (400, "bad_cursor")
    assert client.get(f"/v1/jobs/{job_ids[0]}/rows?state=x", **headers).status == 400


def test_a_job_without_a_task_is_resumed(send: Send, client: Gateway, headers: dict[str, str], laurel: Laurel) -> None:
    job = send(people(60)).json
    laurel.tasks.status.clear()
    ran = client.post(f"/v1/jobs/{job['id']}/run", b"", **headers)
    assert (ran.status, ran.json["state"]) == (202, "running")
    assert [task.subject for task in laurel.tasks.due(laurel.now, 99)] == [job["id"]]
    assert client.post("/v1/jobs/nothing/run", b"", **headers).status == 404


def test_job_responses_are_not_cached_and_contain_no_addresses(send: Send) -> None:
    sent = send(ROWS)
    assert "no-store" in sent.headers["cache-control"]
    assert json.dumps(sent.json).count("example.org") == 0
