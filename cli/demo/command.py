"""The command that seeds the demo."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from chalicelib.services import Services
from cli.demo.seed import check, demo_map, seed, seed_owner
from cli.grammar import Commands
from cli.output import UsageFault
from cli.progress import bar


def add_commands(nouns: Commands) -> None:
    """What can be said of the demo."""
    words = "seed the demo data, or complete it; a second run changes nothing"
    made = nouns.add_parser("demo", help=words, description=words)
    made.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the map of the demo is written")
    made.add_argument("--owner", metavar="EMAIL", help="who may then sign in as owner of the demo's issuers")
    made.set_defaults(act=seed_demo)


def seed_demo(services: Services, asked: Namespace) -> int:
    """Seed what is missing, make sure that each kind is judged as it should be, then write the map."""
    with bar("demo data") as progress:
        seed(services.issuer_context, progress)
    if asked.owner is not None:
        seed_owner(services.access_context, asked.owner)
    shown = demo_map(services.settings.base_url)
    check(services.hosted_reports, shown)
    _write(asked.out, json.dumps(shown, indent=2) + "\n")
    return 0


def _write(path: Path, text: str) -> None:
    # Written aside and moved: whoever reads the map never sees half of it.
    aside = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text)
        aside.replace(path)
    except OSError as error:
        raise UsageFault(f"{path} cannot be written: {error.strerror}.", code="file_unwritable") from error
