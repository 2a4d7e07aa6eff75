"""Replaying events from the log."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.analytics.event import Event, Kind
from chalicelib.analytics.event_json import UNSTORED, to_wire
from chalicelib.errors import Unavailable
from tests.cli.conftest import FakeServices, Run

EVENT = Event(
    id="01JDA0000000000000000000AB",
    kind=Kind.VIEW,
    at=datetime(2026, 11, 21, tzinfo=UTC),
    credential_id="a" * 26,
    issuer_id="acme",
    achievement_id="b",
    verdict="valid",
    visitor=None,
    referrer=None,
)
LINE = json.dumps({"level": "ERROR", UNSTORED: to_wire(EVENT)})


def test_repeated_replay_stores_each_event_once(run: Run, services: FakeServices, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(f'{LINE}\n{{"message": "answered"}}\n')
    for _ in range(2):
        result = run("events", "replay", log, "--json")
        assert result.code == 0
        assert result.rows == [{"stored": 1, "other": 1, "malformed": []}]
        assert services.event_store.events == {EVENT.id: EVENT}


def test_malformed_line_is_reported_and_the_others_are_stored(run: Run, services: FakeServices, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(f'{{"{UNSTORED}": 1}}\n{LINE}\n')
    result = run("events", "replay", log)
    assert result.code == 1
    assert "line 1" in result.err
    assert services.event_store.events == {EVENT.id: EVENT}


def test_invalid_utf_8_affects_only_its_own_line(run: Run, services: FakeServices, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"\xff\xfe\n" + LINE.encode() + b"\n")
    assert run("events", "replay", log, "--json").rows == [{"stored": 1, "other": 1, "malformed": []}]
    assert services.event_store.events == {EVENT.id: EVENT}


def test_a_dash_reads_standard_input(run: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{LINE}\n"))
    assert run("events", "replay", "-").code == 0
    assert services.event_store.events == {EVENT.id: EVENT}


def test_missing_file_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    assert run("events", "replay", tmp_path / "none").code == 2


def test_unavailable_event_store_exits_with_1(run: Run, services: FakeServices, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(LINE)
    services.event_store.fault = Unavailable("Storage did not respond.")
    assert run("events", "replay", tmp_path / "log").code == 1
