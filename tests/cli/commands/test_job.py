"""Commands for bulk jobs, and the export."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.award.bulk import bulk_issuer, job_runner
from chalicelib.errors import Unavailable
from tests.cli.conftest import FakeServices, Run, words

ROWS = "name,email,valid_from\nAda,ada@example.org,2026-01-01\n陈美,,2026-01-01T12:00:00+02:00\n"


def file(tmp_path: Path, content: str | bytes, name: str = "rows.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def people(count: int) -> str:
    return "name,email\n" + "".join(f"P {number},p{number}@example.org\n" for number in range(count))


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_contacts_are_exported_for_a_crm(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path, crm: str
) -> None:
    run("job", "run", issuer, achievement, file(tmp_path, ROWS))
    target = tmp_path / "contacts.csv"
    assert run("contacts", issuer, target, "--crm", crm, "--json").rows == [{"file": str(target), "contacts": 1}]
    (row,) = csv.DictReader(io.StringIO(target.read_text()))
    assert [row["Email"], list(row.values())[3]] == ["ada@example.org", "1"]
    assert run("contacts", issuer, target, "--crm", "other").code == 2


def test_each_row_of_a_file_is_issued(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    result = run("job", "run", issuer, achievement, file(tmp_path, ROWS), "--json")
    assert result.code == 0
    (job,) = result.rows
    assert (job["state"], job["issued"], job["refused"], job["waiting"]) == ("done", 2, 0, 0)
    shown = run("job", "show", issuer, job["id"], "--rows", "all", "--json").rows
    assert [(row["row"], row["name"], row["state"]) for row in shown[1:]] == [
        (2, "Ada", "issued"),
        (3, "陈美", "issued"),
    ]
    starts = [
        json.loads(services.issuer_store.record(row["url"].rpartition("/")[2]).document)["validFrom"]
        for row in shown[1:]
    ]
    assert starts == ["2026-01-01T00:00:00Z", "2026-01-01T10:00:00Z"]
    assert not any(one.notify for one in services.issuer_store._recipients.values())
    assert run("job", "list", issuer, "--json").rows == [job]


def test_same_file_is_issued_once_unless_another_key_is_given(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    path = file(tmp_path, ROWS)
    first = run("job", "run", issuer, achievement, path, "--json").rows
    assert run("job", "run", issuer, achievement, path, "--json").rows == first
    assert len(list(services.issuer_store.records(issuer))) == 2
    assert run("job", "run", issuer, achievement, path, "--key", "again").code == 0
    assert len(list(services.issuer_store.records(issuer))) == 4


def test_row_errors_are_reported_and_must_be_allowed(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    path = file(tmp_path, "name,email\nAda,\nBob,nonsense\nCarl,carl@example.org\n")
    dry_run = run("job", "run", issuer, achievement, path, "--dry-run")
    assert dry_run.code == 1
    assert ["3", "email", "'nonsense'"] in [line[:3] for line in words(dry_run.out)]
    refused = run("job", "run", issuer, achievement, path)
    assert (refused.code, "rows_refused" in refused.err) == (2, True)
    assert list(services.issuer_store.records(issuer)) == []
    result = run("job", "run", issuer, achievement, path, "--allow", "row_errors")
    assert result.code == 1
    assert ["3", "Bob", "refused"] in [line[:3] for line in words(result.out)]
    assert len(list(services.issuer_store.records(issuer))) == 2


def test_dry_run_without_errors_succeeds(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    result = run("job", "run", issuer, achievement, file(tmp_path, ROWS), "--dry-run", "--json")
    assert (result.code, result.rows) == (0, [{"rows": 2, "rows_with_errors": 0, "rows_with_duplicates": 0}])


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("no_rows", ""),
        ("no_rows", "name,email\n"),
        ("columns", "email\nada@example.org\n"),
        ("columns", "name,phone\nAda,1\n"),
        ("not_csv", 'name\n"Ada" Lovelace"\n'),
        ("not_utf8", "name\nBjörn\n".encode("latin-1")),
        ("duplicates", "name,email\nAda,a@x.org\nAda,a@x.org\n"),
    ],
)
def test_invalid_file_issues_nothing(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path, code: str, content: str | bytes
) -> None:
    result = run("job", "run", issuer, achievement, file(tmp_path, content))
    assert (result.code, code in result.err) == (2, True)
    assert list(services.issuer_store.records(issuer)) == []


def test_missing_file_achievement_issuer_or_job_is_reported(
    run: Run, issuer: str, achievement: str, tmp_path: Path
) -> None:
    assert run("job", "run", issuer, achievement, tmp_path / "none.csv").code == 2
    assert run("job", "run", issuer, "nothing", file(tmp_path, ROWS)).code == 1
    unknown = run("job", "run", "nobody", achievement, file(tmp_path, ROWS))
    assert (unknown.code, "issuer" in unknown.err, "achievement" in unknown.err) == (1, True, False)
    assert run("job", "show", issuer, "nothing").code == 1
    assert run("job", "list", "nobody").code == 1


@pytest.mark.slow
def test_interrupted_job_is_resumed(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, people(3 * bulk_issuer.CHUNK_ROWS))
    issue_chunk, calls = job_runner._issue_chunk, 0

    def interrupted(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return issue_chunk(*arguments)

    monkeypatch.setattr(job_runner, "_issue_chunk", interrupted)
    result = run("job", "run", issuer, achievement, path)
    assert result.code == 130
    words = result.err[result.err.index("job resume") :].split()[:4]
    assert run(*words).code == 0
    assert len(list(services.issuer_store.records(issuer))) == 3 * bulk_issuer.CHUNK_ROWS
    assert run("job", "run", issuer, achievement, path).code == 0
    assert len(list(services.issuer_store.records(issuer))) == 3 * bulk_issuer.CHUNK_ROWS


def test_storage_failure_exits_with_1(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    class FailingStore:
        def __getattr__(self, name: str) -> Any:
            return getattr(issuer_store, name)

        def add_records(self, issued: Any) -> Any:
            return [Unavailable("Storage did not respond.", code="storage_unavailable") for _ in issued]

    issuer_store, services.issuer_store = services.issuer_store, FailingStore()
    services.__dict__.pop("issuer_context", None)
    assert run("job", "run", issuer, achievement, file(tmp_path, ROWS)).code == 1


def test_rows_are_shown_as_csv(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    job = run("job", "run", issuer, achievement, file(tmp_path, "name,ref\n=Ada(),7\n"), "--json").rows[0]
    table = run("job", "show", issuer, job["id"], "--csv").out
    ((row),) = csv.DictReader(io.StringIO(table))
    assert (row["ref"], row["name"], row["state"]) == ("7", "'=Ada()", "issued")


def test_export_is_complete_or_leaves_the_file_unchanged(
    run: Run, issuer: str, achievement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("job", "run", issuer, achievement, file(tmp_path, ROWS))
    target = tmp_path / "all.ndjson"
    result = run("export", issuer, target, "--json")
    lines = target.read_text().splitlines()
    assert (result.code, result.rows) == (0, [{"file": str(target), "lines": len(lines)}])
    types = [json.loads(line)["type"] for line in lines]
    assert {"issuer", "achievement", "credential", "status_list", "job"} == set(types)
    assert types.count("credential") == 2

    before = target.read_bytes()

    def fails(*_: Any) -> None:
        raise Unavailable("Storage did not respond.")

    monkeypatch.setattr("chalicelib.award.export.page", fails)
    assert run("export", issuer, target).code == 1
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.ndjson", "badge.png", "rows.csv"]
    assert run("export", issuer, tmp_path / "no" / "where").code == 2
    assert run("export", "nobody", target).code == 1


LIST_MANY_ISSUERS = (
    "import sys; from tests.cli.conftest import ENVIRONMENT, FakeServices; from cli.main import main; "
    "from chalicelib.award.issuers import issuer_actions; from tests.award.fakes import new_issuer; "
    "s = FakeServices(); "
    "url = 'https://x.example/' + 'x' * 1900; "
    "[issuer_actions.create(s.issuer_context, new_issuer(id=f'i{n}', url=url)) for n in range(150)]; "
    "sys.exit(main(['issuer', 'list', '--json'], ENVIRONMENT, lambda _: s))"
)
OFFLINE = (
    "import sys; from cli.commands import completion; from cli.main import main; "
    "completion.write = lambda *_: print('x' * 300_000) or 0; sys.exit(main(['completion', 'bash'], {}))"
)


@pytest.mark.slow
@pytest.mark.parametrize("script", [LIST_MANY_ISSUERS, OFFLINE])
def test_closed_pipe_ends_the_command_without_errors(script: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.read(process.stdout.fileno(), 10)
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode == 128 + signal.SIGPIPE
    assert errors == b""
