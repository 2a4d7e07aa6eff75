"""`laurel verify`, over the in-memory Laurel of the HTTP tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from tests.http.fake_laurel import BASE_URL, id_of, seeded

SETTINGS = (
    "STAGE BASE_URL CREDENTIALS_TABLE DIRECTORY_TABLE EVENTS_TABLE SECRETS_TABLE ERASURES_TABLE EVENT_ARCHIVE "
    "HOST_KEY_ID SHARED_KEY_ID RECEIPT_KEY_ID"
)
ENVIRONMENT = dict.fromkeys(SETTINGS.split(), "x")


def run(*arguments: str) -> int:
    return main(arguments, ENVIRONMENT, lambda _settings: seeded())  # type: ignore[arg-type,return-value]


def link(kind: str) -> str:
    return f"{BASE_URL}/c/{id_of(kind)}"


@pytest.mark.parametrize(
    ("kinds", "code"),
    [(("valid",), 0), (("valid", "expired"), 1), (("valid", "unreachable_status"), 3), (("revoked", "valid"), 1)],
)
def test_the_exit_code_is_that_of_the_worst_verdict(tmp_path: Path, kinds: tuple[str, ...], code: int) -> None:
    file = tmp_path / "links.csv"
    file.write_text("ref;url\n" + "".join(f"{kind};{link(kind)}\n" for kind in kinds))
    assert run("verify", str(file)) == code


def test_it_prints_a_table_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "links.csv"
    file.write_text(f"{link('valid')}\nno link\n{link('revoked')}\n")
    run("verify", str(file))
    rows = [line.split()[:2] for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [["1", "valid"], ["2", "not"], ["3", "revoked"]]
    run("verify", str(file), "--json")
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each.get("verdict") for each in results] == ["valid", None, "revoked"]
    assert results[1]["problem"]["code"] == "invalid_request"


def test_it_reads_ndjson_and_refuses_what_is_neither(tmp_path: Path) -> None:
    file = tmp_path / "batch.ndjson"
    file.write_text(json.dumps({"ref": "a", "url": link("valid")}) + "\n")
    assert run("verify", str(file)) == 0
    file.write_bytes(b"\xff\xfe\0")
    assert run("verify", str(file)) == 2
    assert run("verify", str(tmp_path / "absent")) == 2
