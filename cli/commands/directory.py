"""Commands for the search index of the directory."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime

from chalicelib.directory.writing import updates
from chalicelib.directory.writing.check import Differences, check
from chalicelib.directory.writing.rebuild import rebuild
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import note, show
from cli.progress import stages


def add_commands(resources: Commands) -> None:
    """Add `directory`."""
    verbs = grammar.verbs(resources, "directory", "rebuild or check the search index of the directory")
    words = "build a new index next to the current one, then switch to it; resumes an interrupted rebuild"
    grammar.command(verbs, "rebuild", rebuild_index, words, "laurel directory rebuild")
    words = "compare the index with the published profiles; changes made in the last few seconds may not be in it yet"
    grammar.command(verbs, "check", check_index, words, "laurel directory check --json")


def rebuild_index(services: Services, options: Namespace) -> int:
    """Rebuild the index while it is searched."""
    context = services.listing_updates
    with stages() as show_progress:
        for one in rebuild(context.index, lambda: updates.everyone(context), _name(services.clock())):
            show_progress(one.stage, one.done, one.total)
    generations = context.index.generations()
    current = generations.current if generations else ""
    listed = sum(one.listed for one in context.index.indexed(current))
    show(options.json, f"{listed} people in the index {current}", generation=current, people=listed)
    return 0


def check_index(services: Services, options: Namespace) -> int:
    """Compare the index with what is published. Returns 1 if they differ."""
    context = services.listing_updates
    generations = context.index.generations()
    if generations is None:
        show(options.json, "There is no index yet.", generation=None, people=0)
        return 0
    found = check(context.index, generations.current, updates.everyone(context))
    text = "The index matches the published profiles."
    if found:
        text = "The index differs. Run this again; if it still differs, run `laurel directory rebuild`."
    show(options.json, text, generation=generations.current, **_members(found))
    for listing in () if options.json else found.listings:
        note(f"{listing}: missing, outdated, or indexed without being published")
    return 1 if found else 0


def _members(found: Differences) -> dict[str, object]:
    return {
        "people": list(found.listings),
        "terms": [f"{term.kind}:{term.value}" for term in found.postings],
        "words": list(found.words),
    }


def _name(now: datetime) -> str:
    """The name of a new generation: by time, so that none is used twice; short, because each key begins with it."""
    return f"{int(now.timestamp()):x}"
