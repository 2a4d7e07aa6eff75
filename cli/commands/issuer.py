"""Commands for issuers."""

from __future__ import annotations

from argparse import Namespace

from chalicelib.access import email_address
from chalicelib.award.issuers import domain_proof, issuer_actions
from chalicelib.award.issuers.issuer_actions import Method, NewIssuer
from chalicelib.award.keys import rotation
from chalicelib.credential.issuer import Issuer
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import show, table


def add_commands(resources: Commands) -> None:
    """Add `issuer`."""
    verbs = grammar.verbs(resources, "issuer", "manage issuers: their domains, keys and registration")
    made = grammar.command(
        verbs,
        "create",
        create,
        "create an issuer with a key and its first status lists",
        'laurel issuer create acme --name Acme --url https://acme.example/ --description "Makers." '
        "--owner ada@acme.example",
    )
    made.add_argument("id", help="short name for URLs: a-z, 0-9 and hyphen")
    made.add_argument("--name", required=True)
    made.add_argument("--url", required=True, help="website of the issuer")
    made.add_argument("--description", required=True)
    made.add_argument("--email")
    made.add_argument("--image", metavar="URL", help="URL of the logo")
    made.add_argument(
        "--did",
        **grammar.one_of(Method),
        default=Method.WEB,
        help="DID method: web (on this host, the default; keys can be rotated) or key",
    )
    made.add_argument(
        "--owner", metavar="EMAIL", help="email address of the first member, who can then sign in as owner"
    )
    grammar.command(verbs, "list", list_all, "list all issuers", "laurel issuer list --json")
    registration = grammar.command(
        verbs,
        "register",
        register,
        "register an issuer under its current name (check 8)",
        "laurel issuer register acme",
    )
    grammar.issuer(registration)
    for verb, handler, description in (
        ("verify-domain", verify_domain, "verify that a domain confirms the issuer (check 8)"),
        ("remove-domain", remove_domain, "remove a verified domain"),
    ):
        command = grammar.command(verbs, verb, handler, description, f"laurel issuer {verb} acme acme.example")
        grammar.issuer(command)
        command.add_argument("domain")
    grammar.issuer(
        grammar.command(
            verbs,
            "rotate-key",
            rotate_key,
            "retire the signing key and create a new one",
            "laurel issuer rotate-key acme",
        )
    )


def create(services: Services, options: Namespace) -> int:
    """Create an issuer."""
    new = NewIssuer(options.id, options.name, options.url, options.description, options.email, options.image)
    owner = None if options.owner is None else email_address.normalize(options.owner)
    _show(issuer_actions.create(services.issuer_context, new, options.did, owner=owner, registered=True), options.json)
    return 0


def list_all(services: Services, options: Namespace) -> int:
    """List all issuers."""
    table(options.json, ("id", "name", "did", "keys"), map(_members, services.issuer_store.issuers()))
    return 0


def register(services: Services, options: Namespace) -> int:
    """Register an issuer under its current name."""
    _show(issuer_actions.register(services.issuer_context, options.issuer), options.json)
    return 0


def verify_domain(services: Services, options: Namespace) -> int:
    """Verify that a domain names an issuer, and store the proof."""
    proof = domain_proof.prove(services.domain_prover, options.issuer, options.domain)
    text = f"{proof.domain} confirms {options.issuer} ({proof.place})."
    show(options.json, text, domain=proof.domain, place=proof.place, seen=proof.seen.isoformat())
    return 0


def remove_domain(services: Services, options: Namespace) -> int:
    """Remove a verified domain."""
    domain_proof.remove(services.issuer_context, options.issuer, options.domain)
    show(options.json, f"{options.domain}  removed", issuer=options.issuer, domain=options.domain, outcome="removed")
    return 0


def rotate_key(services: Services, options: Namespace) -> int:
    """Retire the signing key of an issuer and create a new one."""
    _show(rotation.rotate_key(services.issuer_context, options.issuer), options.json)
    return 0


def _show(issuer: Issuer, as_json: bool) -> None:
    key = issuer.keys[-1].multibase
    text = f"{issuer.id}  {issuer.name}\n  {issuer.did}\n  key {key} ({len(issuer.keys)} in total)"
    show(as_json, text, **_members(issuer))


def _members(issuer: Issuer) -> dict[str, object]:
    return {
        "id": issuer.id,
        "did": issuer.did,
        "name": issuer.name,
        "url": issuer.url,
        "key": issuer.keys[-1].multibase,
        "keys": len(issuer.keys),
    }
