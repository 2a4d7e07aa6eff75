"""The commands about pathways."""

from __future__ import annotations

from argparse import Namespace

from chalicelib.award.pathways import pathway_actions, pathway_json, rewards
from chalicelib.award.pathways.pathway import Pathway, Step
from chalicelib.award.pathways.pathway_progress import NodeProgress, StepState
from chalicelib.services import Services
from cli import documents, grammar
from cli.documents import read
from cli.grammar import Commands
from cli.output import note, show

PAGE = 100
"""Completions read at once."""

_MARKS = {StepState.DONE: "+", StepState.OPEN: ">", StepState.LOCKED: " "}


def add_commands(nouns: Commands) -> None:
    """What can be said of a pathway."""
    verbs = grammar.verbs(nouns, "pathway", "what leads to what: add, change, list, progress, completions, award")
    for verb, act, words in (
        ("add", add, "write a pathway"),
        ("change", change, "write its next version; who has completed it, has"),
        ("list", list_all, "an issuer's pathways"),
        ("progress", progress, "how far a holder has come, step by step"),
        ("completions", completions, "who has completed it, and whether what earned it still stands"),
        ("award", award, "award it to all who had its steps before it was written; harmless to repeat"),
    ):
        command = documents.command(verbs, verb, act, words, "pathway")
        if verb == "progress":
            command.add_argument("email", help="the holder's e-mail address")
        if verb == "completions":
            command.add_argument("--unsupported", action="store_true", help="only those that no longer stand by it")


def add(services: Services, asked: Namespace) -> int:
    """Store a new pathway."""
    draft = read(asked.file, pathway_json.read)
    _show(pathway_actions.add(services.issuer_context, services.pathways, asked.issuer, draft), asked.json)
    return 0


def change(services: Services, asked: Namespace) -> int:
    """Store the next version of a pathway."""
    draft = read(asked.file, pathway_json.read)
    _show(pathway_actions.change(services.issuer_context, services.pathways, asked.issuer, asked.id, draft), asked.json)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every pathway of one issuer."""
    services.issuer_store.issuer(asked.issuer)
    for pathway in services.pathways.pathways(asked.issuer):
        _show(pathway, asked.json)
    return 0


def progress(services: Services, asked: Namespace) -> int:
    """How far one holder has come."""
    way = pathway_actions.holder_progress(
        services.issuer_context, services.pathways, asked.issuer, asked.id, asked.email
    )
    lines = [f"{way.progress.done} of {way.progress.needed} steps"]
    if way.completion is not None:
        lines[0] += f", completed {way.completion.at:%Y-%m-%d} at version {way.completion.version}"
    lines += _lines(way.progress.root, 1)
    done = None if way.completion is None else pathway_json.write_completion(way.completion)
    show(asked.json, "\n".join(lines), **pathway_json.write_progress(way.progress), completed=done)
    return 0


def completions(services: Services, asked: Namespace) -> int:
    """Who has completed a pathway, and whether what earned it still stands."""
    after = None
    while found := pathway_actions.review(
        services.issuer_context, services.pathways, asked.issuer, asked.id, after, PAGE
    ):
        after = found[-1].completion.id
        for one in found:
            if asked.unsupported and one.supported:
                continue
            completion = one.completion
            doubt = "" if one.supported else f"  no longer supported: {', '.join(one.inactive)} revoked or suspended"
            show(
                asked.json,
                f"{completion.id}  {completion.at:%Y-%m-%d}  {completion.email}{doubt}",
                id=completion.id,
                email=completion.email,
                supported=one.supported,
                inactive=list(one.inactive),
                **pathway_json.write_completion(completion),
            )
    return 0


def award(services: Services, asked: Namespace) -> int:
    """Award a pathway to all who completed it before it was written or changed."""
    pathway, count = services.pathways.pathway(asked.issuer, asked.id), 0
    for completion in rewards.award_to_all(services.issuer_context, services.pathways, pathway):
        count += 1
        reward = completion.id if completion.rewarded else None
        text = f"completed  {completion.email}" + (f"  {reward}" if reward else "")
        show(asked.json, text, email=completion.email, reward=reward)
    note(f"{count} had completed it")
    return 0


def _show(pathway: Pathway, as_json: bool) -> None:
    earns = f", earns {pathway.reward_name}" if pathway.reward_name else ""
    archived = " (archived)" if pathway.archived else ""
    text = f"{pathway.id}  {pathway.name}{earns}, version {pathway.version}{archived}"
    show(as_json, text, **pathway_json.write(pathway))


def _lines(seen: NodeProgress, depth: int) -> list[str]:
    node, indent = seen.node, "  " * depth
    if isinstance(node, Step):
        return [f"{indent}{_MARKS[seen.state]} {node.name}"]
    rule = {"all": "all of", "in_order": "in order", "any": f"any {node.required} of"}[node.rule.value]
    below = [line for step in seen.steps for line in _lines(step, depth + 1)]
    return [f"{indent}{_MARKS[seen.state]} {f'{node.name}, {rule}' if node.name else rule}:", *below]
