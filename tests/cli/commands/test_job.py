"""The commands about jobs, and the export."""

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


def test_everybody_in_a_file_gets_one(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    ran = run("job", "run", issuer, achievement, file(tmp_path, ROWS), "--json")
    assert ran.code == 0
    (job,) = ran.rows
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


def test_the_same_file_again_issues_nothing_twice_unless_a_key_says_so(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    path = file(tmp_path, ROWS)
    first = run("job", "run", issuer, achievement, path, "--json").rows
    assert run("job", "run", issuer, achievement, path, "--json").rows == first
    assert len(list(services.issuer_store.records(issuer))) == 2
    assert run("job", "run", issuer, achievement, path, "--key", "again").code == 0
    assert len(list(services.issuer_store.records(issuer))) == 4


def test_faults_are_told_by_row_and_nothing_is_issued_until_they_are_allowed(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    path = file(tmp_path, "name,email\nAda,\nBob,nonsense\nCarl,carl@example.org\n")
    tried = run("job", "run", issuer, achievement, path, "--dry-run")
    assert (tried.code, ["3", "email", "'nonsense'"] in [line[:3] for line in words(tried.out)]) == (1, True)
    refused = run("job", "run", issuer, achievement, path)
    assert (refused.code, "rows_refused" in refused.err) == (2, True)
    assert list(services.issuer_store.records(issuer)) == []
    ran = run("job", "run", issuer, achievement, path, "--allow", "row_errors")
    assert (ran.code, ["3", "Bob", "refused"] in [line[:3] for line in words(ran.out)]) == (1, True)
    assert len(list(services.issuer_store.records(issuer))) == 2


def test_a_dry_run_without_faults_is_all_good(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    ran = run("job", "run", issuer, achievement, file(tmp_path, ROWS), "--dry-run", "--json")
    assert (ran.code, ran.rows) == (0, [{"rows": 2, "rows_with_errors": 0, "rows_with_duplicates": 0}])


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
def test_a_file_that_cannot_be_used_issues_nothing(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path, code: str, content: str | bytes
) -> None:
    ran = run("job", "run", issuer, achievement, file(tmp_path, content))
    assert (ran.code, code in ran.err) == (2, True)
    assert list(services.issuer_store.records(issuer)) == []


def test_what_is_not_there_is_told(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    assert run("job", "run", issuer, achievement, tmp_path / "none.csv").code == 2
    assert run("job", "run", issuer, "nothing", file(tmp_path, ROWS)).code == 1
    nobody = run("job", "run", "nobody", achievement, file(tmp_path, ROWS))
    assert (nobody.code, "issuer" in nobody.err, "achievement" in nobody.err) == (1, True, False)
    assert run("job", "show", issuer, "nothing").code == 1
    assert run("job", "list", "nobody").code == 1


def test_what_was_interrupted_goes_on(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, people(3 * bulk_issuer.CHUNK_ROWS))
    whole, calls = job_runner._issue_chunk, 0

    def interrupted(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(job_runner, "_issue_chunk", interrupted)
    ran = run("job", "run", issuer, achievement, path)
    assert ran.code == 130
    words = ran.err[ran.err.index("job resume") :].split()[:4]
    assert run(*words).code == 0
    assert len(list(services.issuer_store.records(issuer))) == 3 * bulk_issuer.CHUNK_ROWS
    assert run("job", "run", issuer, achievement, path).code == 0
    assert len(list(services.issuer_store.records(issuer))) == 3 * bulk_issuer.CHUNK_ROWS


def test_storage_that_fails_is_no_success(
    run: Run, services: FakeServices, issuer: str, achievement: str, tmp_path: Path
) -> None:
    class Deaf:
        def __getattr__(self, name: str) -> Any:
            return getattr(issuer_store, name)

        def add_records(self, issued: Any) -> Any:
            return [Unavailable("Storage did not respond.", code="storage_unavailable") for _ in issued]

    issuer_store, services.issuer_store = services.issuer_store, Deaf()
    services.__dict__.pop("issuer_context", None)
    assert run("job", "run", issuer, achievement, file(tmp_path, ROWS)).code == 1


def test_rows_as_a_table(run: Run, issuer: str, achievement: str, tmp_path: Path) -> None:
    job = run("job", "run", issuer, achievement, file(tmp_path, "name,ref\n=Ada(),7\n"), "--json").rows[0]
    table = run("job", "show", issuer, job["id"], "--csv").out
    ((row),) = csv.DictReader(io.StringIO(table))
    assert (row["ref"], row["name"], row["state"]) == ("7", "'=Ada()", "issued")


def test_all_data_of_an_issuer_is_written_whole(
    run: Run, issuer: str, achievement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("job", "run", issuer, achievement, file(tmp_path, ROWS))
    target = tmp_path / "all.ndjson"
    ran = run("export", issuer, target, "--json")
    lines = target.read_text().splitlines()
    assert (ran.code, ran.rows) == (0, [{"file": str(target), "lines": len(lines)}])
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


def test_a_reader_that_has_read_enough_ends_it_quietly() -> None:
    script = (
        "import sys; from tests.cli.conftest import ENVIRONMENT, FakeServices; from cli.__main__ import main; "
        "from chalicelib.award.issuers import issuer_actions; from tests.award.fakes import new_issuer; "
        "s = FakeServices(); "
        "url = 'https://x.example/' + 'x' * 1900; "
        "[issuer_actions.create(s.issuer_context, new_issuer(id=f'i{n}', url=url)) for n in range(150)]; "
        "sys.exit(main(['issuer', 'list', '--json'], ENVIRONMENT, lambda _: s))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.read(process.stdout.fileno(), 10)
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 128 + signal.SIGPIPE
    assert said == b""
