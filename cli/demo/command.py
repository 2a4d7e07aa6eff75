"""The `demo` command."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from chalicelib.services import Services
from cli import grammar
from cli.demo import profile, verifier
from cli.demo.history import seed_pathway, seed_year
from cli.demo.outcomes import seed_outcomes
from cli.demo.seed import check, demo_map, seed, seed_owner
from cli.grammar import Commands
from cli.output import UsageProblem, show
from cli.progress import bar


def add_commands(resources: Commands) -> None:
    """Add `demo`."""
    made = grammar.command(
        resources,
        "demo",
        seed_demo,
        "create the demo data; safe to repeat",
        "laurel demo --out .laurel/demo.json --owner ada@harbour-college.example",
    )
    made.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="output file: demo credentials by kind, a holder’s profile and an API key",
    )
    made.add_argument("--owner", metavar="EMAIL", help="email address of the owner of the demo issuers")


def seed_demo(services: Services, options: Namespace) -> int:
    """Create missing demo data, check the verdict of each kind, then write the index of demo credentials."""
    with bar("Demo data") as progress:
        seed(services.issuer_context, progress)
    pathway_id = seed_pathway(services.issuer_context, services.pathways)
    seed_year(services.fold_context, services.settings.base_url, services.clock().date(), pathway_id)
    seed_outcomes(services.outcome_context, services.clock().date())
    if options.owner is not None:
        seed_owner(services.access_context, options.owner)
    shown = demo_map(services.settings.base_url)
    check(services.hosted_reports, shown)
    profile.publish_others(services.profile_context)
    shown[profile.PROFILE] = profile.publish(services.profile_context, services.settings.base_url)
    shown[verifier.VERIFIER] = verifier.renew(services.verifier_context)
    _write(options.out, json.dumps(shown, indent=2) + "\n")
    if options.json:
        show(True, "", **shown)
    return 0


def _write(path: Path, text: str) -> None:
    # Written to a temporary file and renamed, so that readers never see a partial file.
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text)
        temporary.replace(path)
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written: {error.strerror}.", code="file_unwritable") from error
