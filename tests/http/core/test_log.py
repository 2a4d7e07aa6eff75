"""Logs and metrics, and the data that must not appear in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.analytics import event_json
from chalicelib.analytics.event import Event, Kind
from chalicelib.directory.writing.updates import StreamChange, Update
from chalicelib.errors import Unavailable
from chalicelib.http.core import log
from tests.http.conftest import LogCapture
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import HTML, Gateway

EVENT = Event(
    id="01JD8Z6M9Q0000000000000000",
    kind=Kind.VIEW,
    at=datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC),
    credential_id="v" * 26,
    issuer_id="fernhill",
    achievement_id="0d9a4d2c-3a3b-4a57-9a5c-1f6a6f1f7a11",
    verdict="valid",
    visitor="c2FsdGVk",
    referrer=None,
)
CANARY = "canary-7f3a"


def metrics(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines() if '"_aws"' in line]


def test_an_event_that_was_not_stored_is_logged_in_full(
    log_lines: LogCapture, capsys: pytest.CaptureFixture[str]
) -> None:
    log.LogFallback().keep(EVENT, Unavailable("throttled"))
    (line,) = log_lines.parsed()
    assert event_json.from_wire(line[event_json.UNSTORED]) == EVENT
    (metric,) = metrics(capsys.readouterr().out)
    assert metric["EventsNotStored"] == [1.0]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Laurel"


@pytest.mark.parametrize("failed", [None, StreamChange("2", EVENT.at, holder_id=CANARY)], ids=["applied", "failed"])
def test_the_lag_of_the_directory_is_a_metric(
    log_lines: LogCapture, capsys: pytest.CaptureFixture[str], failed: StreamChange | None
) -> None:
    log.listings_updated(Update(3, failed, timedelta(seconds=61)))
    (metric,) = metrics(capsys.readouterr().out)
    assert metric["DirectoryBehind"] == [61.0]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "DirectoryBehind", "Unit": "Seconds"}]
    assert CANARY not in log_lines.getvalue()
    assert (log_lines.parsed()[0]["changes"], log_lines.parsed()[0]["failed"]) == (3, failed is not None)


def test_an_error_is_logged_by_type_and_code_only(log_lines: LogCapture) -> None:
    log.LogFallback().keep(EVENT, Unavailable(CANARY, code="throttled"))
    assert CANARY not in log_lines.getvalue()
    assert log_lines.parsed()[0]["error"] == [{"type": "Unavailable", "code": "throttled", "frames": []}]


def test_logged_cause_chain_is_bounded(log_lines: LogCapture) -> None:
    error = ValueError()
    error.__cause__ = error
    log.request_failed("/", "internal", error)
    assert len(log_lines.parsed()[0]["error"]) == 8


@pytest.mark.parametrize(
    ("accept", "name"), [(HTML, "Views"), ("*/*", "Verifications"), ("application/vc", "Downloads")]
)
def test_responses_are_counted_by_verdict(
    client: Gateway, laurel: Laurel, capsys: pytest.CaptureFixture[str], accept: str, name: str
) -> None:
    client.get(laurel.url("revoked"), accept=accept)
    (metric,) = metrics(capsys.readouterr().out)
    assert (metric[name], metric["verdict"]) == ([1.0], "revoked")


def test_head_is_not_counted(client: Gateway, laurel: Laurel, capsys: pytest.CaptureFixture[str]) -> None:
    client.head(laurel.url("valid"))
    assert metrics(capsys.readouterr().out) == []


def test_each_response_logs_one_line(client: Gateway, laurel: Laurel, log_lines: LogCapture) -> None:
    client.get(laurel.url("valid"))
    client.get("/c/nothing")
    found = [(line["message"], line["route"], line["method"], line["status"]) for line in log_lines.parsed()]
    assert found == [("answered", "/c/{id}", "GET", 200), ("answered", "/c/{id}", "GET", 404)]
    assert all("function_request_id" in line for line in log_lines.parsed())


def test_no_request_data_is_logged(
    laurel: Laurel, log_lines: LogCapture, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    laurel.event_store.fault = Unavailable(CANARY)
    client = Gateway.over(laurel)
    headers = {
        "user_agent": CANARY,
        "referer": f"https://jobs.example/{CANARY}",
        "cookie": CANARY,
        "authorization": CANARY,
        "x_forwarded_for": CANARY,
        "accept_language": CANARY,
        "if_none_match": f'"{CANARY}"',
    }
    report = f"/v1/credentials/{id_of('valid')}/report"
    for accept in ("*/*", HTML, CANARY, f"application/{CANARY}"):
        for path in (f"/c/{CANARY}", f"/status/{CANARY}", f"/images/{CANARY}.png", f"/issuers/{CANARY}/did.json"):
            client.get(f"{path}?q={CANARY}", accept=accept, **headers)
        client.get(f"{laurel.url('valid')}?q={CANARY}", accept=accept, **headers)
        client("DELETE", f"/c/{CANARY}", accept=accept, **headers)
        for body in (f'{{"recipient":{{"email":"{CANARY}@x.example"}}}}', f'{{"{CANARY}":1,"{CANARY}":2}}', CANARY):
            client.post(report, body.encode(), accept=accept, **headers)
            client.post(report, body.encode(), **{**headers, "content_type": f"text/{CANARY}"})
    laurel.public_store = object()
    Gateway.over(laurel).get(f"/c/{id_of('valid')}?q={CANARY}", **headers)
    printed = capsys.readouterr()
    assert CANARY not in log_lines.getvalue() + printed.out + printed.err + caplog.text
    assert len(log_lines.parsed()) > 40


def test_names_and_ip_addresses_are_not_logged(
    client: Gateway, laurel: Laurel, log_lines: LogCapture, capsys: pytest.CaptureFixture[str]
) -> None:
    for accept in (HTML, "*/*", "application/vc"):
        client.get(laurel.url("valid"), accept=accept, user_agent="Mozilla/5.0")
    logged = log_lines.getvalue() + capsys.readouterr().out
    for private in ("Ada", "203.0.113.7", "Mozilla", id_of("valid")):
        assert private not in logged


@pytest.mark.slow
def test_xray_sdk_is_not_imported_without_tracing() -> None:
    code = (
        "import sys; from tests.http.fake_laurel import Laurel; from chalicelib.http.app import create_app; "
        "create_app(Laurel()); sys.exit('aws_xray_sdk' in sys.modules or 'jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


TRACED = """
import os, socket
daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
daemon.bind(("127.0.0.1", 0))
daemon.settimeout(5)
os.environ |= {
    "LAMBDA_TASK_ROOT": "/var/task",
    "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
}
from dataclasses import replace
from chalicelib.http.app import create_app
from tests.http import fake_laurel, gateway
laurel = fake_laurel.seeded()
laurel.settings = replace(laurel.settings, tracing=True)
ask = gateway.Gateway(create_app(laurel))
assert ask.get(laurel.url("valid"), accept=gateway.HTML, user_agent="canary").status == 200
print("SEGMENT", daemon.recv(65535).decode().splitlines()[-1])
"""


@pytest.mark.slow
def test_trace_contains_no_request_or_response_data() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POWERTOOLS_")}
    process = subprocess.run(
        [sys.executable, "-c", TRACED], check=True, capture_output=True, text=True, env=environment
    )
    segment = json.loads(process.stdout.split("SEGMENT ")[1])
    assert segment["name"] == "## answer"
    assert segment["annotations"] == {"ColdStart": True}
    assert not {"metadata", "http", "user", "cause"} & set(segment)


@pytest.mark.parametrize(("created", "most", "percent"), [(0, 50, 0.0), (40, 50, 80.0), (7, 0, 0.0)])
def test_new_keys_are_measured_against_the_budget_of_the_day(
    capsys: pytest.CaptureFixture[str], created: int, most: int, percent: float
) -> None:
    log.new_keys(created, most)
    number, share = metrics(capsys.readouterr().out)
    assert (number["NewKeys"], share["NewKeysPercent"]) == ([float(created)], [percent])
