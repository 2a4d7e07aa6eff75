"""The commands about issuers."""

from __future__ import annotations

from argparse import Namespace

from chalicelib.access import email_address
from chalicelib.award.issuers import domain_proof, issuer_actions
from chalicelib.award.issuers.issuer_actions import Method, NewIssuer
from chalicelib.credential.issuer import Issuer
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import show


def add_commands(nouns: Commands) -> None:
    """What can be said of an issuer."""
    words = "who issues: add, list, register, prove-domain, give-up-domain, rotate-key"
    verbs = grammar.verbs(nouns, "issuer", words)
    made = grammar.command(verbs, "add", add, "found an issuer, with a key and its first status lists")
    made.add_argument("id", help="short name in URLs: a-z, 0-9, hyphen")
    made.add_argument("--name", required=True)
    made.add_argument("--url", required=True, help="the issuer's own web site")
    made.add_argument("--description", required=True)
    made.add_argument("--email")
    made.add_argument("--image", metavar="URL", help="address of its logo")
    made.add_argument(
        "--did",
        **grammar.one_of(Method),
        default=Method.WEB,
        help="how it is named in credentials: on this host (web, the default; keys can be rotated) or by its key (key)",
    )
    made.add_argument("--owner", metavar="EMAIL", help="the address of the first member, who may then sign in")
    grammar.command(verbs, "list", list_all, "all issuers")
    vouch = grammar.command(verbs, "register", register, "vouch for the name that an issuer has now (check 8)")
    grammar.issuer(vouch)
    for verb, act, what in (
        ("prove-domain", prove_domain, "read whether a domain names the issuer (check 8)"),
        ("give-up-domain", give_up_domain, "forget a domain"),
    ):
        about = grammar.command(verbs, verb, act, what)
        grammar.issuer(about)
        about.add_argument("domain")
    grammar.issuer(grammar.command(verbs, "rotate-key", rotate_key, "retire the key and make another one"))


def add(services: Services, asked: Namespace) -> int:
    """Found an issuer."""
    new = NewIssuer(asked.id, asked.name, asked.url, asked.description, asked.email, asked.image)
    owner = None if asked.owner is None else email_address.normal(asked.owner)
    _show(issuer_actions.found(services.issuer_context, new, asked.did, owner=owner, registered=True), asked.json)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every issuer."""
    for issuer in services.issuer_store.issuers():
        _show(issuer, asked.json)
    return 0


def register(services: Services, asked: Namespace) -> int:
    """Know an issuer under its present name."""
    _show(issuer_actions.register(services.issuer_context, asked.issuer), asked.json)
    return 0


def prove_domain(services: Services, asked: Namespace) -> int:
    """Read what a domain says of an issuer, and keep it."""
    proof = domain_proof.prove(services.domain_prover, asked.issuer, asked.domain)
    text = f"{proof.domain} names {asked.issuer} as its own ({proof.place})."
    show(asked.json, text, domain=proof.domain, place=proof.place, seen=proof.seen.isoformat())
    return 0


def give_up_domain(services: Services, asked: Namespace) -> int:
    """Forget a domain of an issuer."""
    domain_proof.give_up(services.issuer_context, asked.issuer, asked.domain)
    show(asked.json, f"{asked.domain}  given up", issuer=asked.issuer, domain=asked.domain, outcome="given up")
    return 0


def rotate_key(services: Services, asked: Namespace) -> int:
    """Retire an issuer's key and make another one."""
    _show(issuer_actions.rotate_key(services.issuer_context, asked.issuer), asked.json)
    return 0


def _show(issuer: Issuer, as_json: bool) -> None:
    key = issuer.keys[-1].multibase
    text = f"{issuer.id}  {issuer.name}\n  {issuer.did}\n  key {key} ({len(issuer.keys)} so far)"
    show(as_json, text, id=issuer.id, did=issuer.did, name=issuer.name, url=issuer.url, key=key, keys=len(issuer.keys))
