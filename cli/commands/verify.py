"""Verify a list of links, or credentials, from a file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from chalicelib.errors import LaurelError, Malformed
from chalicelib.http.batch import result_json
from chalicelib.services import Services
from chalicelib.verifiers.batch import csv_rows, items
from chalicelib.verifiers.batch.checking import SEGMENT, Checked
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.batch.job import Detail
from chalicelib.verifiers.batch.jobs import MAX_ITEMS
from chalicelib.verify.report import Verdict
from cli import files, grammar
from cli.grammar import Commands
from cli.output import UsageProblem, table
from cli.progress import bar

SECONDS_EACH = 5.0
"""Time for the fetches of one item, as long as one fetch may take."""
NOT_VERIFIED = 3
"""Exit code when the worst result is that something could not be verified."""


def add_commands(resources: Commands) -> None:
    """Add `verify`."""
    command = grammar.command(
        resources,
        "verify",
        verify_file,
        "verify the credentials behind a list of links",
        "laurel verify links.csv",
        "laurel verify batch.ndjson --json",
    )
    command.epilog = (
        f"{command.epilog}\n\nexit codes: 0 all are valid, 1 at least one is not, "
        f"{NOT_VERIFIED} none is invalid, but at least one could not be verified"
    )
    help_ = "a CSV file with one link in each row, or NDJSON with ref, and url or credential, in each line"
    command.add_argument("file", metavar="FILE", help=help_)
    command.add_argument("--full", action="store_true", help="with --json, print whole reports")


def verify_file(services: Services, options: Namespace) -> int:
    """Verify each row, and exit by the worst verdict. No visit is recorded, because an operator asks."""
    found = _read(options.file)
    batch = services.batch_reports.start(len(found), SECONDS_EACH * len(found))
    checked: list[Checked] = []
    with bar("Verifying") as show:
        for start in range(0, len(found), SEGMENT):
            checked += batch.check(found[start : start + SEGMENT])
            show(len(checked), len(found))
    write = result_json.writer(services.settings.base_url)
    detail = Detail.FULL if options.full else Detail.SUMMARY
    if options.json:
        table(True, (), (write(each, detail) for each in checked))
    else:
        table(False, ("ref", "verdict", "reason"), (_row(write(each, Detail.SUMMARY)) for each in checked))
    return _exit_code(checked)


def _read(name: str) -> Sequence[Item]:
    content = files.content(Path(name))
    try:
        if content.lstrip()[:1] == b"{":
            return items.from_lines(content)
        return csv_rows.read(content, MAX_ITEMS)
    except (Malformed, ValueError) as error:
        detail = error.detail if isinstance(error, Malformed) else f"{name} is not NDJSON."
        raise UsageProblem(str(detail)) from error


def _row(result: dict[str, object]) -> dict[str, object]:
    problem, findings = result.get("problem"), result.get("findings")
    if isinstance(problem, dict):
        return {"ref": result["ref"], "verdict": "not checked", "reason": problem["detail"]}
    told = findings[0]["code"] if isinstance(findings, list) and findings else None
    return {"ref": result["ref"], "verdict": result["verdict"], "reason": told}


def _exit_code(checked: Sequence[Checked]) -> int:
    verdicts = {
        Verdict.UNKNOWN if isinstance(one.result, LaurelError) else one.result.report.verdict for one in checked
    }
    if verdicts <= {Verdict.VALID}:
        return 0
    return NOT_VERIFIED if verdicts <= {Verdict.VALID, Verdict.UNKNOWN} else 1
