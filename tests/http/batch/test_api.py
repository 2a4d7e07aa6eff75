"""Batches by a program: `POST /v1/verify/batch`, its jobs and `Idempotency-Key`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.http.batch import request_body, result_json
from chalicelib.reports.submitted import SubmittedReport
from chalicelib.verifiers import limits
from chalicelib.verifiers.batch import answering, jobs
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.scope import Scope
from tests.http.fake_laurel import BASE_URL, KINDS, NOW, VERDICTS, Laurel, id_of
from tests.http.gateway import Gateway, Response
from tests.http.senders import external_credential
from tests.http.verifiers.keys import as_verifier

URL = "/v1/verify/batch"
CREDENTIAL = external_credential()
BAD = [None, {"url": BASE_URL}, {"ref": "b"}, {"ref": "c", "url": 1}, {"ref": "d", "credential": []}]
Send = Callable[..., Response]


@pytest.fixture
def key(laurel: Laurel) -> dict[str, str]:
    return as_verifier(laurel)


def send(client: Gateway, items: object, headers: dict[str, str] | None = None, **members: object) -> Response:
    return client.post(URL, json.dumps({"items": items, **members}).encode(), **(headers or {}))


def many(count: int) -> list[dict[str, object]]:
    return [{"ref": str(number), "credential": CREDENTIAL} for number in range(count)]


def work(laurel: Laurel) -> None:
    """Deliver the messages of the queue until none is left."""
    while laurel.batch_queue.waiting:
        job_id = laurel.batch_queue.waiting.pop(0)
        jobs.run(laurel.batch_jobs, laurel.batch_reports, result_json.writer(laurel.base_url), job_id)


def lines(laurel: Laurel, job_id: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in laurel.job_files.results[job_id].splitlines()]


def test_links_and_credentials_get_their_verdicts_in_order(client: Gateway, laurel: Laurel) -> None:
    items: list[dict[str, object]] = [{"ref": kind, "url": f"{BASE_URL}/c/{id_of(kind)}"} for kind in KINDS]
    items.append({"ref": "copy", "credential": json.loads(laurel.issuer_store.record(id_of("revoked")).document)})
    items.append({"ref": "elsewhere", "credential": CREDENTIAL})
    answered = send(client, items)
    assert answered.status == 200
    found = [(each["ref"], each["verdict"]) for each in answered.json["results"]]
    expected = [(kind, VERDICTS.get(kind, kind)) for kind in KINDS]
    assert found == [*expected, ("copy", "revoked"), ("elsewhere", "valid")]
    assert answered.json["verdict"] == "invalid"
    revoked = answered.json["results"][KINDS.index("revoked")]
    assert {"check": "status", "outcome": "failed", "code": "revoked"} in revoked["findings"]
    assert "credential" not in revoked


def test_each_result_equals_that_of_a_single_verification(client: Gateway, laurel: Laurel) -> None:
    documents = [json.loads(laurel.issuer_store.record(id_of(kind)).document) for kind in KINDS]
    items = [{"ref": str(number), "credential": document} for number, document in enumerate(documents)]
    together = send(client, items, report="full").json["results"]
    alone = [client.post("/v1/verify", json.dumps({"credential": document}).encode()).json for document in documents]
    assert [{name: each[name] for name in each if name != "ref"} for each in together] == alone


@pytest.mark.parametrize(
    ("credential", "sign"),
    [
        ('{"a": 1, "a": 2}', "duplicate_name"),
        ('{"a": "\\ud800"}', "a lone surrogate"),
        ('{"a": 1e999}', "number_out_of_range"),
    ],
)
def test_a_credential_that_is_not_strict_json_never_fails_the_rest(client: Gateway, credential: str, sign: str) -> None:
    good, bad = json.dumps({"ref": "good", "credential": CREDENTIAL}), f'{{"ref": "bad", "credential": {credential}}}'
    answered = client.post(URL, f'{{"items": [{good},{bad},{good}]}}'.encode())
    assert answered.status == 200
    before, wrong, after = answered.json["results"]
    assert before["verdict"] == after["verdict"] == "valid"
    assert sign in json.dumps(wrong)
    assert wrong.get("verdict") != "valid"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[]", "not_an_object"),
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"items": [1 2]}', "not_json"),
        (b'{"items": [1]} x', "not_json"),
        (b'{"items": [1], "items": [2]}', "duplicate_name"),
        (b'{"items": [1], "\\ud800": 1}', "invalid_request"),
        (b'{"items": [1], "report": "\\ud800"}', "invalid_request"),
        (b'{"items": {}}', "invalid_request"),
        (b'{"items": [' + b"[" * 200_000 + b"]}", "too_deep"),
        (b'{"items": [' + b",".join([b"1"] * 10_001) + b"]}", "invalid_request"),
        (b"\xff", "not_utf8"),
    ],
)
def test_an_invalid_batch_body_is_refused(client: Gateway, body: bytes, code: str) -> None:
    answered = client.post(URL, body)
    assert (answered.status, answered.json["code"]) == (400, code)


def test_a_bad_item_never_fails_the_rest(client: Gateway) -> None:
    items = [*BAD, {"ref": "e", "url": f"{BASE_URL}/c/{'a' * 26}"}, {"ref": "f", "credential": "no"}, *many(1)]
    results = send(client, items).json["results"]
    problems = [each.get("problem", {}).get("code") for each in results]
    assert problems == ["invalid_request"] * 5 + ["nothing_found"] * 2 + [None]
    assert [each["ref"] for each in results] == [None, None, "b", "c", "d", "e", "f", "0"]
    assert results[3]["problem"]["errors"][0]["pointer"] == "/url"
    assert results[7]["verdict"] == "valid"


def test_the_name_of_an_unknown_field_is_repeated_in_part(client: Gateway) -> None:
    """Lambda returns at most 6 MB, and each of these characters is two in a JSON pointer."""
    answered = client.post(URL, b'{"' + b"~" * 3_500_000 + b'": 1}')
    assert answered.status == 400
    assert len(answered.body) < 1_000


@pytest.mark.parametrize("body", [b"{}", b'{"items": []}', b'{"items": 1}', b'{"items": [1], "more": 1}', b"[", b""])
def test_a_request_without_items_is_refused(client: Gateway, body: bytes) -> None:
    assert client.post(URL, body).status == 400


def test_views_are_recorded_once_for_each_hosted_credential(client: Gateway, laurel: Laurel) -> None:
    copy = json.loads(laurel.issuer_store.record(id_of("valid")).document)
    send(client, [{"ref": "a", "url": f"{BASE_URL}/c/{id_of('valid')}"}, {"ref": "b", "credential": copy}, *many(1)])
    events = list(laurel.event_store.events.values())
    assert [(event.kind.value, event.credential_id) for event in events] == [("verification", id_of("valid"))] * 2


def test_without_a_key_a_batch_is_small(client: Gateway) -> None:
    assert send(client, many(answering.MAX_ANONYMOUS)).status == 200
    assert send(client, many(answering.MAX_ANONYMOUS + 1)).status == 401
    assert send(client, many(1), {"idempotency_key": "a"}).status == 401


def test_a_key_needs_the_scope_batch(client: Gateway, laurel: Laurel) -> None:
    assert send(client, many(1), as_verifier(laurel, Scope.VERIFY)).status == 403


def test_n_items_cost_n(client: Gateway, key: dict[str, str]) -> None:
    answered = send(client, many(12), key)
    assert f";r={limits.MAX_BATCH_COST - 12};" in answered.headers["ratelimit"]


def test_more_items_than_are_answered_at_once_become_a_job(
    client: Gateway, laurel: Laurel, key: dict[str, str]
) -> None:
    started = send(client, many(answering.MAX_ITEMS + 1), key)
    assert (started.status, started.json["state"], started.json["answered"]) == (202, "running", 0)
    path = started.headers["location"].removeprefix(BASE_URL)
    assert client.get(path, **key).json["state"] == "running"
    work(laurel)
    done = client.get(path, **key).json
    assert (done["state"], done["answered"], done["verdicts"]) == ("done", 1001, {"valid": 1001})
    assert done["links"]["results"].startswith("https://files.example/")
    assert [each["ref"] for each in lines(laurel, done["id"])] == [str(number) for number in range(1001)]
    assert not laurel.job_files.sent
    assert not laurel.job_files.stored


def test_a_job_of_another_verifier_does_not_exist(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    started = send(client, many(answering.MAX_ITEMS + 1), key)
    path = started.headers["location"].removeprefix(BASE_URL)
    assert client.get(path, **as_verifier(laurel, email="eve@jobs.example")).status == 404
    laurel.now = NOW + timedelta(days=7)
    assert client.get(path, **key).status == 404


def test_what_takes_too_long_becomes_a_job_with_what_was_answered(
    client: Gateway, laurel: Laurel, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "START_SECONDS", 0.0)
    items = [{"ref": "a", "url": f"{BASE_URL}/c/{id_of('valid')}"}]
    started = send(client, items, key)
    assert (started.status, started.json["answered"]) == (202, 0)
    work(laurel)
    assert [each["verdict"] for each in lines(laurel, started.json["id"])] == ["valid"]
    assert not list(laurel.event_store.events)


def test_items_that_take_the_time_of_the_function_leave_none_for_the_rest(laurel: Laurel) -> None:
    """Fifty of the most expensive ones took 50 seconds, and the request ended with an error."""
    seconds = iter(range(100))
    batch = replace(laurel.batch_reports, monotonic=lambda: float(next(seconds))).start(4, seconds=2.5)
    item = Item("a", json.dumps(CREDENTIAL).encode())
    found = [each.result.report for each in batch.check([item] * 4) if isinstance(each.result, SubmittedReport)]
    assert [each.verdict for each in found] == ["valid", "valid", "valid", "unknown"]
    assert "too_much_at_once" in [finding.code for finding in found[3].findings]


def test_too_large_a_response_becomes_a_job_that_repeats_nothing(
    client: Gateway, laurel: Laurel, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(send(client, many(50), key).body)
    monkeypatch.setattr(answering, "MAX_OUT", size * 2)
    started = send(client, many(130), key)
    assert started.status == 202
    assert laurel.job_store.jobs[started.json["id"]].answered == 100
    before = dict(laurel.job_files.stored)
    work(laurel)
    results = laurel.job_files.results[started.json["id"]]
    assert results.startswith(before[started.json["id"], 0])
    assert [each["ref"] for each in lines(laurel, started.json["id"])] == [str(number) for number in range(130)]


def test_jobs_are_limited_by_size_and_day(
    client: Gateway, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(client, [1] * (jobs.MAX_ITEMS + 1), key).status == 400
    assert client.post(URL, b" " * (request_body.MAX_BODY + 1), **key).status == 413
    monkeypatch.setattr(answering, "MAX_ITEMS", 0)
    statuses = [send(client, many(1), key).status for _ in range(jobs.JOBS_PER_DAY + 1)]
    assert statuses == [202] * jobs.JOBS_PER_DAY + [429]


def test_an_idempotency_key_repeats_the_first_answer(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    headers = {**key, "idempotency_key": "k-1"}
    first = send(client, many(2), headers)
    laurel.now += timedelta(minutes=1)
    again = send(client, many(2), headers)
    assert (again.status, again.body) == (200, first.body)
    assert send(client, many(3), headers).json["code"] == "idempotency_key_reused"
    laurel.now += timedelta(hours=24)
    assert send(client, many(3), headers).status == 200


def test_an_idempotency_key_creates_one_job(client: Gateway, laurel: Laurel, key: dict[str, str]) -> None:
    headers = {**key, "idempotency_key": "k-1"}
    first = send(client, many(1001), headers)
    assert send(client, many(1001), headers).headers["location"] == first.headers["location"]
    assert len(laurel.job_store.jobs) == 1


def test_any_origin_may_send_a_batch_without_a_key(client: Gateway, key: dict[str, str]) -> None:
    assert client("OPTIONS", URL).status == 204
    assert send(client, many(1)).headers["access-control-allow-origin"] == "*"
    assert send(client, many(1), key).headers["cache-control"] == "private, no-store"
