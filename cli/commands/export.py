"""The export commands: all data, and contacts for a CRM."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from chalicelib.award import contacts, export
from chalicelib.award.contacts import Crm
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageProblem, note, show
from cli.progress import counter

_FILE = "output file; replaced only when the export is complete"


def add_commands(resources: Commands) -> None:
    """Add `export` and `contacts`."""
    made = grammar.command(
        resources, "export", write, "export all of an issuer's data as JSON Lines", "laurel export acme acme.jsonl"
    )
    grammar.issuer(made)
    made.add_argument("file", type=Path, metavar="FILE", help=_FILE)
    made = grammar.command(
        resources,
        "contacts",
        write_contacts,
        "export the people who hold an issuer's credentials as CSV for a CRM",
        "laurel contacts acme contacts.csv --crm hubspot",
    )
    grammar.issuer(made)
    made.add_argument("file", type=Path, metavar="FILE", help=_FILE)
    made.add_argument("--crm", required=True, **grammar.one_of(Crm), help="whose column names to use")


def write_contacts(services: Services, options: Namespace) -> int:
    """Export contacts to a file. The file is unchanged if the export fails."""
    store = services.issuer_store
    store.issuer(options.issuer)
    found = contacts.contacts(contacts.rows_of(store, options.issuer))
    names = {each.id: each.name for each in store.achievements(options.issuer)}
    with _replaced(options.file) as file:
        for line in contacts.lines(options.crm, found, names, services.settings.base_url, services.clock()):
            file.write(line.encode())
    note(f"Exported {len(found):,} contacts to {options.file}")
    show(options.json, f"{options.file}", file=str(options.file), contacts=len(found))
    return 0


def write(services: Services, options: Namespace) -> int:
    """Export to a file. The file is unchanged if the export fails."""
    services.issuer_store.issuer(options.issuer)
    target: Path = options.file
    lines = 0
    cursor: str | None = None
    with _replaced(target) as file, counter("Lines exported") as count:
        while True:
            page = export.page(services.exporters, options.issuer, cursor)
            file.write(page.content)
            lines += page.content.count(b"\n")
            count(lines)
            if (cursor := page.next) is None:
                break
    note(f"Exported {lines:,} lines to {target}")
    show(options.json, f"{target}", file=str(target), lines=lines)
    return 0


@contextmanager
def _replaced(target: Path) -> Iterator[IO[bytes]]:
    """A file that replaces ``target`` when it is complete."""
    try:
        # In the same folder, so that the rename is atomic: readers see the old file or the complete new one.
        with NamedTemporaryFile("wb", dir=target.absolute().parent, prefix=f".{target.name}.", delete=False) as file:
            part = Path(file.name)
            try:
                yield file
                file.flush()
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageProblem(f"{target} cannot be written: {error.strerror}.", code="file_unwritable") from error
