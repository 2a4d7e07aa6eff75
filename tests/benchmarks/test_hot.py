"""A second of the benchmark of one credential with 1,000 views a second."""

from __future__ import annotations

import os

import pytest

from benchmarks.suites import hot


def test_no_limit_of_a_partition_is_exceeded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(name)
    monkeypatch.setattr(hot, "SECONDS", 1)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    lines = {line.bench: line for line in hot._minute()}
    assert list(lines) == ["hot/event-writes", "hot/count-reads", "hot/count-writes", "hot/count-time"]
    assert 250 <= lines["hot/event-writes"].value < 350
    for name in ("event-writes", "count-reads", "count-writes"):
        line = lines[f"hot/{name}"]
        assert line.peer_value is not None
        assert 0 < line.value < line.peer_value
