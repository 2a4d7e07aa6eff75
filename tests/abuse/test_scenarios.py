"""The attacks of `make abuse`: that each scenario runs, and that those whose limits exist fail."""

from __future__ import annotations

import json

import pytest

from abuse import __main__ as command
from abuse.result import Result
from abuse.scenarios import SCENARIOS, slow_credentials


@pytest.mark.slow
def test_slow_credentials_of_one_network_lock_out_nobody() -> None:
    result = slow_credentials.run()
    assert result.withstood
    assert result.locked_out == ()
    assert result.details["workers_held_at_most"] <= slow_credentials.WORKERS / 2
    assert result.cost_usd < 0.10


def test_unknown_scenario_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["no-such-attack"]) == 2
    assert "slow-credentials" in capsys.readouterr().err


@pytest.mark.parametrize(("locked_out", "code"), [((), 0), (("everyone",), 1)])
def test_one_line_for_each_scenario_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], locked_out: tuple[str, ...], code: int
) -> None:
    for name in SCENARIOS:
        monkeypatch.setitem(SCENARIOS, name, lambda name=name: Result(name, 10, 0.5, locked_out))  # type: ignore[misc,arg-type]
    assert command.main([]) == code
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["scenario"] for line in lines] == list(SCENARIOS)
    assert {line["withstood"] for line in lines} == {code == 0}
