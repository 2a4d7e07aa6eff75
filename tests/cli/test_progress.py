"""Progress output outside a terminal. On a terminal, rich draws the bar."""

from __future__ import annotations

import pytest

from cli.progress import bar, counter


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
