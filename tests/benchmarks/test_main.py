from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.__main__ import run
from benchmarks.badges import ExamplesMissing
from benchmarks.line import Line
from benchmarks.peers import PeerMissing


def measured() -> Iterator[Line]:
    yield Line("here/one", 1.0, "1/s")


@pytest.mark.parametrize("fault", [ExamplesMissing("no examples at /nowhere"), PeerMissing("no peer: install it")])
def test_what_lacks_its_examples_or_peers_is_skipped_loudly_and_the_others_go_on(
    fault: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def lacking() -> Iterator[Line]:
        raise fault
        yield

    assert run({"first": lacking, "second": measured})
    said = capsys.readouterr()
    assert said.err == f"first IS SKIPPED, nothing of it was measured: {fault}\n"
    assert [line.split('"')[3] for line in said.out.splitlines()] == ["here/one"]


def test_a_run_that_measured_nothing_fails() -> None:
    def lacking() -> Iterator[Line]:
        raise ExamplesMissing("no examples at /nowhere")
        yield

    assert not run({"only": lacking})
