from __future__ import annotations

from benchmarks.suites import events


def test_added_time_and_writes_are_those_of_recorded_responses() -> None:
    rows = [{"cpu": 11e6, "aws": 0, "calls": 3, "event": True}, {"cpu": 10e6, "aws": 0, "calls": 2, "event": False}] * 3
    writes, time = events.added(rows)
    assert (writes.value, round(time.value, 6), time.p50_ms, time.peer_p50_ms) == (1, 10, 11, 10)
