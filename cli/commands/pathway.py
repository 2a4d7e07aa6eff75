"""Commands for pathways."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from chalicelib.award.pathways import pathway_actions, pathway_json, rewards
from chalicelib.award.pathways.pathway import Pathway
from chalicelib.award.pathways.pathway_actions import ReviewedCompletion
from chalicelib.award.pathways.pathway_link import Step
from chalicelib.award.pathways.pathway_progress import NodeProgress, StepState
from chalicelib.services import Services
from cli import documents, grammar
from cli.documents import read
from cli.grammar import Commands
from cli.output import note, show, table

PAGE = 100
"""Completions per read."""

_MARKS = {StepState.DONE: "+", StepState.OPEN: ">", StepState.LOCKED: " "}


def add_commands(resources: Commands) -> None:
    """Add `pathway`."""
    verbs = grammar.verbs(resources, "pathway", "manage pathways, which combine several credentials into a larger one")
    for verb, handler, description in (
        ("create", create, "create a pathway"),
        ("update", update, "create a new version; existing completions are kept"),
        ("list", list_all, "list the pathways of an issuer"),
        ("progress", progress, "show the progress of a holder, step by step"),
        ("completions", completions, "list completions and whether their credentials are still valid"),
        ("backfill", backfill, "complete the pathway for holders who have already earned its steps; safe to repeat"),
    ):
        command = documents.command(verbs, verb, handler, description, "pathway")
        if verb == "progress":
            command.add_argument("email", metavar="EMAIL", help="email address of the holder")
        if verb == "completions":
            command.add_argument(
                "--unsupported", action="store_true", help="only completions whose credentials are no longer valid"
            )


def create(services: Services, options: Namespace) -> int:
    """Create a pathway."""
    draft = read(options.file, pathway_json.read)
    _show(pathway_actions.add(services.issuer_context, services.pathways, options.issuer, draft), options.json)
    return 0


def update(services: Services, options: Namespace) -> int:
    """Create a new version of a pathway."""
    draft = read(options.file, pathway_json.read)
    _show(
        pathway_actions.change(services.issuer_context, services.pathways, options.issuer, options.id, draft),
        options.json,
    )
    return 0


def list_all(services: Services, options: Namespace) -> int:
    """List the pathways of an issuer."""
    services.issuer_store.issuer(options.issuer)
    rows = map(pathway_json.write, services.pathways.pathways(options.issuer))
    table(options.json, ("id", "name", "version", "archived"), rows)
    return 0


def progress(services: Services, options: Namespace) -> int:
    """Show the progress of one holder."""
    found = pathway_actions.holder_progress(
        services.issuer_context, services.pathways, options.issuer, options.id, options.email
    )
    lines = [f"{found.progress.done} of {found.progress.needed} steps"]
    if found.completion is not None:
        lines[0] += f", completed {found.completion.at:%Y-%m-%d} at version {found.completion.version}"
    lines += _lines(found.progress.root, 1)
    done = None if found.completion is None else pathway_json.write_completion(found.completion)
    show(options.json, "\n".join(lines), **pathway_json.write_progress(found.progress), completed=done)
    return 0


def completions(services: Services, options: Namespace) -> int:
    """List completions and whether their credentials are still valid."""
    reviewed = (one for one in _reviewed(services, options) if not (options.unsupported and one.supported))
    rows = (
        {
            "id": one.completion.id,
            "email": one.completion.email,
            "supported": one.supported,
            "inactive": list(one.inactive),
            **pathway_json.write_completion(one.completion),
        }
        for one in reviewed
    )
    table(options.json, ("id", "at", "email", "supported", "inactive"), rows)
    return 0


def _reviewed(services: Services, options: Namespace) -> Iterator[ReviewedCompletion]:
    after = None
    while found := pathway_actions.review(
        services.issuer_context, services.pathways, options.issuer, options.id, after, PAGE
    ):
        after = found[-1].completion.id
        yield from found


def backfill(services: Services, options: Namespace) -> int:
    """Complete a pathway for holders who earned its steps before it was created or changed."""
    pathway, count = services.pathways.pathway(options.issuer, options.id), 0
    for completion in rewards.issue_to_all(services.issuer_context, services.pathways, pathway):
        count += 1
        reward = completion.id if completion.rewarded else None
        text = f"completed  {completion.email}" + (f"  {reward}" if reward else "")
        show(options.json, text, email=completion.email, reward=reward)
    note(f"{count} completed")
    return 0


def _show(pathway: Pathway, as_json: bool) -> None:
    earns = f", earns {pathway.reward_name}" if pathway.reward_name else ""
    archived = " (archived)" if pathway.archived else ""
    text = f"{pathway.id}  {pathway.name}{earns}, version {pathway.version}{archived}"
    show(as_json, text, **pathway_json.write(pathway))


def _lines(node_progress: NodeProgress, depth: int) -> list[str]:
    node, indent = node_progress.node, "  " * depth
    if isinstance(node, Step):
        return [f"{indent}{_MARKS[node_progress.state]} {node.name}"]
    rule = {"all": "all of", "in_order": "in order", "any": f"any {node.required} of"}[node.rule.value]
    below = [line for step in node_progress.steps for line in _lines(step, depth + 1)]
    return [f"{indent}{_MARKS[node_progress.state]} {f'{node.name}, {rule}' if node.name else rule}:", *below]
