"""The export command."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from tempfile import NamedTemporaryFile

from chalicelib.award import export
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageProblem, note, show
from cli.progress import counter


def add_commands(resources: Commands) -> None:
    """Add `export`."""
    made = grammar.command(
        resources, "export", write, "export all of an issuer's data as JSON Lines", "laurel export acme acme.jsonl"
    )
    grammar.issuer(made)
    made.add_argument("file", type=Path, metavar="FILE", help="output file; replaced only when the export is complete")


def write(services: Services, options: Namespace) -> int:
    """Export to a file. The file is unchanged if the export fails."""
    services.issuer_store.issuer(options.issuer)
    target: Path = options.file
    try:
        # In the same folder, so that the rename is atomic: readers see the old file or the complete new one.
        with NamedTemporaryFile("wb", dir=target.absolute().parent, prefix=f".{target.name}.", delete=False) as file:
            part = Path(file.name)
            try:
                lines = 0
                cursor: str | None = None
                with counter("Lines exported") as count:
                    while True:
                        page = export.page(services.exporters, options.issuer, cursor)
                        file.write(page.content)
                        lines += page.content.count(b"\n")
                        count(lines)
                        if (cursor := page.next) is None:
                            break
                file.flush()
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageProblem(f"{target} cannot be written: {error.strerror}.", code="file_unwritable") from error
    note(f"Exported {lines:,} lines to {target}")
    show(options.json, f"{target}", file=str(target), lines=lines)
    return 0
