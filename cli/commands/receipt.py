"""Commands for receipts: erase what people read in one, and check one against the published keys."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import NotFound
from chalicelib.receipts import jws
from chalicelib.services import Services
from cli import files, grammar
from cli.grammar import Commands
from cli.output import show


def add_commands(resources: Commands) -> None:
    """Add `receipt`."""
    verbs = grammar.verbs(resources, "receipt", "erase the readable part of a receipt, or check one")
    command = grammar.command(
        verbs,
        "erase",
        erase,
        "delete the names, addresses and sentences of a receipt for good; what is signed stays",
        "laurel receipt erase RECEIPT",
    )
    command.add_argument("id", metavar="RECEIPT", help="id of the receipt, the 26 characters after /r/")
    command = grammar.command(
        verbs,
        "check",
        check,
        "check that this deployment signed a receipt and that nothing in it was changed",
        "laurel receipt check receipt.jws",
    )
    command.add_argument("file", type=Path, help="the signed text, as downloaded from /r/{id}.jws")


def erase(services: Services, options: Namespace) -> int:
    """Delete what people read in a receipt. Raises `NotFound` if there is nothing to delete."""
    if not PUBLIC_ID.fullmatch(options.id) or not services.receipts.store.erase_readable(options.id):
        raise NotFound("There is no such receipt, or its readable part has been deleted.")
    show(options.json, f"{options.id}  erased", id=options.id, outcome="erased")
    return 0


def check(services: Services, options: Namespace) -> int:
    """Check a receipt. Raises `Malformed` and `Refused` for one that is not valid."""
    text, receipts = files.content(options.file).decode("ascii", "replace"), services.receipts
    claims = jws.check(text.strip(), receipts.keys.published(), receipts.base_url)
    words = f"signed by {claims['iss']}  checked at {claims['checked_at']}  verdict: {claims['verdict']}"
    show(options.json, words, **claims)
    return 0
