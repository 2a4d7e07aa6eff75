"""The links that `make run` ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.demo.profile import PROFILE
from cli.demo.seed import demo_map
from cli.demo.verifier import VERIFIER
from local import links
from local.stack import ADA, Stack

HOLDER = "http://localhost:8765/holders/demo"


def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    stack = Stack.of(8765, tmp_path)
    stack.home.mkdir()
    stack.demo.write_text(
        json.dumps({**demo_map(stack.base_url), PROFILE: {"url": HOLDER}, VERIFIER: {"api_key": "laurel_vk_demo"}})
    )
    links.show(stack)
    return capsys.readouterr().out


def test_every_demo_credential_is_linked_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.strip() for line in printed(tmp_path, capsys).splitlines()]
    for kind, found in demo_map("http://localhost:8765").items():
        [line] = [line for line in lines if line.startswith(f"{kind.replace('_', ' ')} ")]
        assert line.endswith(found["url"])


def test_the_profile_of_a_holder_is_linked_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    credentials, places = printed(tmp_path, capsys).split("Next")
    assert HOLDER not in credentials
    assert places.count(HOLDER) == 1


def test_sign_in_mail_console_and_how_to_stop_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(tmp_path, capsys)
    for path in ("/sign-in", "/_mail", "/console"):
        assert f"http://localhost:8765{path}" in shown
    assert ADA in shown
    assert "make stop" in shown


def test_no_address_is_wrapped_in_a_narrow_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown = printed(tmp_path, capsys)
    assert all(found["url"] in shown for found in demo_map("http://localhost:8765").values())
    assert all(line == line.rstrip() for line in shown.splitlines())
