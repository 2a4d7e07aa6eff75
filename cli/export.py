"""The command that writes all of an issuer's data into a file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from tempfile import NamedTemporaryFile

from chalicelib.award import export
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageFault, note, show
from cli.progress import counter


def add_commands(nouns: Commands) -> None:
    """What can be said of an export."""
    made = grammar.command(nouns, "export", write, "all of an issuer's data, as lines of JSON in a file")
    grammar.issuer(made)
    made.add_argument("file", type=Path, metavar="FILE", help="written whole, or not at all")


def write(services: Services, asked: Namespace) -> int:
    """Write every line, or leave the file as it was."""
    services.issuer_store.issuer(asked.issuer)
    target: Path = asked.file
    try:
        # Beside its place, so that it gets there in one step: whoever looks sees the old file or the whole new one.
        with NamedTemporaryFile("wb", dir=target.absolute().parent, prefix=f".{target.name}.", delete=False) as file:
            part = Path(file.name)
            try:
                lines = 0
                cursor: str | None = None
                with counter("lines") as count:
                    while True:
                        page = export.page(services.exporters, asked.issuer, cursor)
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
        raise UsageFault(f"{target} cannot be written: {error.strerror}.", code="file_unwritable") from error
    note(f"{target} has {lines:,} lines")
    show(asked.json, f"{target}", file=str(target), lines=lines)
    return 0
