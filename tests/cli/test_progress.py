"""The progress bar, on a terminal and in a log."""

from __future__ import annotations

import io

from cli.progress import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, steps: int) -> str:
    bar = Bar("work", stream)
    for done in range(1, steps + 1):
        bar(done, steps)
    bar.end()
    return stream.getvalue()


def test_on_a_terminal_one_line_fills_up() -> None:
    text = shown(Terminal(), 3)
    assert text.endswith(f"\rwork [{'#' * 30}] 3/3\n")
    assert text.count("\r") == 3
    assert text.count("\n") == 1


def test_in_a_log_there_is_a_line_for_every_quarter() -> None:
    lines = shown(io.StringIO(), 111).splitlines()
    assert lines == ["work: 28 of 111", "work: 56 of 111", "work: 84 of 111", "work: 111 of 111"]


def test_few_steps_give_few_lines() -> None:
    assert shown(io.StringIO(), 1) == "work: 1 of 1\n"
