from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.__main__ import run
from benchmarks.badges import ExamplesMissing
from benchmarks.line import Line
from benchmarks.peers import PeerMissing


def measured() -> Iterator[Line]:
    yield Line("here/one", 1.0, "1/s")


@pytest.mark.parametrize("error", [ExamplesMissing("no examples at /nowhere"), PeerMissing("no peer: install it")])
def test_benchmark_without_examples_or_peers_is_skipped_with_a_message(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def skipped() -> Iterator[Line]:
        raise error
        yield

    assert run({"first": skipped, "second": measured})
    captured = capsys.readouterr()
    assert captured.err == f"first IS SKIPPED, nothing of it was measured: {error}\n"
    assert [line.split('"')[3] for line in captured.out.splitlines()] == ["here/one"]


def test_run_without_measurements_fails() -> None:
    def skipped() -> Iterator[Line]:
        raise ExamplesMissing("no examples at /nowhere")
        yield

    assert not run({"only": skipped})
