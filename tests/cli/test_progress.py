"""Progress output outside a terminal. On a terminal, rich draws the bar."""

from __future__ import annotations

import pytest

from cli.progress import bar, counter, stages


def lines(steps: int, capsys: pytest.CaptureFixture[str]) -> list[str]:
    with bar("work") as update:
        for done in range(1, steps + 1):
            update(done, steps)
    return capsys.readouterr().err.splitlines()


def test_a_log_gets_one_line_per_quarter(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(111, capsys) == ["work: 28 of 111", "work: 56 of 111", "work: 84 of 111", "work: 111 of 111"]


def test_few_steps_give_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(1, capsys) == ["work: 1 of 1"]


def test_a_counter_is_silent_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    with counter("rows") as count:
        count(7)
    assert capsys.readouterr().err == ""


def test_a_log_gets_one_line_per_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with stages() as update:
        for title, done, steps in (
            ("Read", 1, None),
            ("Read", 2, None),
            ("Write", 1, 2),
            ("Write", 2, 2),
            ("Read", 3, None),
        ):
            update(title, done, steps)
    assert capsys.readouterr().err.splitlines() == ["Read", "Write"]


def test_a_terminal_gets_a_bar_for_each_stage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with stages() as update:
        update("Read", 2, None)
        update("Write", 3, 4)
        update("Write", 4, 4)
    drawn = capsys.readouterr().err
    assert "Read" in drawn
    assert "4/4" in drawn
