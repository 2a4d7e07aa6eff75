"""Commands for issuers."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from chalicelib.access import email_address
from chalicelib.award.issuers import domain_proof, issuer_actions, names, page_host
from chalicelib.award.issuers.issuer_actions import Method, NewIssuer
from chalicelib.award.keys import rotation
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery.limits import deferred
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import note, show, table


def add_commands(resources: Commands) -> None:
    """Add `issuer`."""
    verbs = grammar.verbs(resources, "issuer", "manage issuers: their domains, keys and registration")
    _add_create(verbs)
    grammar.command(verbs, "list", list_all, "list all issuers", "laurel issuer list --json")
    _add_names(verbs)
    grammar.issuer(
        grammar.command(
            verbs,
            "resume-email",
            resume_email,
            "resume an issuer's emails, which are paused when too many bounce or are reported as spam",
            "laurel issuer resume-email acme",
        )
    )
    for verb, handler, description in (
        ("verify-domain", verify_domain, "verify a domain of the issuer (check 8)"),
        ("remove-domain", remove_domain, "remove a verified domain"),
    ):
        command = grammar.command(verbs, verb, handler, description, f"laurel issuer {verb} acme acme.example")
        grammar.issuer(command)
        command.add_argument("domain", metavar="DOMAIN", help="domain of the issuer, such as acme.example")
    hosted = grammar.command(
        verbs,
        "page-host",
        set_page_host,
        "give the pages of an issuer's credentials a host of their own, which points at this deployment",
        "laurel issuer page-host acme credentials.acme.example",
        "laurel issuer page-host acme --remove",
    )
    grammar.issuer(hosted)
    wanted = hosted.add_mutually_exclusive_group(required=True)
    wanted.add_argument("host", metavar="HOST", nargs="?", help="a custom domain of the API in API Gateway")
    wanted.add_argument("--remove", action="store_true", help="use the host of the deployment again")
    grammar.issuer(
        grammar.command(
            verbs,
            "rotate-key",
            rotate_key,
            "create a new signing key and retire the current one",
            "laurel issuer rotate-key acme",
        )
    )


def _add_create(verbs: Commands) -> None:
    made = grammar.command(
        verbs,
        "create",
        create,
        "create a registered issuer with its first status lists",
        'laurel issuer create acme --name Acme --url https://acme.example/ --description "Makers." '
        "--owner ada@acme.example",
    )
    made.add_argument("id", metavar="ID", help="short name for URLs: a-z, 0-9 and hyphen")
    made.add_argument("--name", required=True, help="name of the issuer, as credentials show it")
    made.add_argument("--url", required=True, help="website of the issuer")
    made.add_argument("--description", required=True, help="what the issuer does, in a sentence")
    made.add_argument("--email", help="public contact address")
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


def _add_names(verbs: Commands) -> None:
    registration = grammar.command(
        verbs,
        "register",
        register,
        "register an issuer under its current name, so that its credentials pass check 8",
        'laurel issuer register acme "Acme Academy"',
    )
    grammar.issuer(registration)
    registration.add_argument("name", metavar="NAME", help="its current name, which operators vouch for")
    renaming = grammar.command(
        verbs,
        "rename",
        rename,
        "change the name of an issuer; if its name is registered, the new one is registered instead",
        'laurel issuer rename acme "Acme Academy"',
    )
    grammar.issuer(renaming)
    renaming.add_argument("name", metavar="NAME", help="the new name, which operators vouch for")
    allowed = grammar.command(
        verbs,
        "allow-name",
        allow_name,
        "allow an issuer to use a name that looks like a registered issuer's",
        'laurel issuer allow-name harbour-adult "Harbour College"',
    )
    allowed.add_argument("issuer", help="id of the issuer, which may be created later")
    allowed.add_argument("name", metavar="NAME", help="the name to allow")


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
    registered = issuer_actions.register(services.issuer_context, options.issuer, options.name)
    _show(registered, options.json)
    for other in names.issuers_with_similar_names(services.issuer_context, registered):
        note(f"{other.id} has a similar name: {other.name}")
    return 0


def rename(services: Services, options: Namespace) -> int:
    """Change the name of an issuer, as an operator."""
    changes = {"name": options.name}
    _show(
        issuer_actions.update_profile(services.issuer_context, options.issuer, changes, by_operator=True), options.json
    )
    return 0


def resume_email(services: Services, options: Namespace) -> int:
    """Resume the emails of an issuer."""
    services.issuer_store.issuer(options.issuer)
    before = deferred.resume(services.delivery_context, options.issuer)
    counts, outcome = before.total, "resumed" if before.paused_at else "not paused"
    text = (
        f"{options.issuer}  {outcome} ({counts.sent} sent, {counts.bounced} bounced, "
        f"{counts.complained} reported as spam)"
    )
    show(options.json, text, issuer=options.issuer, outcome=outcome, **asdict(counts))
    return 0


def allow_name(services: Services, options: Namespace) -> int:
    """Allow an issuer a name, and every name that looks like it."""
    issuer_actions.check_id(options.issuer)
    names.allow(services.issuer_context, options.issuer, options.name)
    show(
        options.json, f"{options.issuer}  can now use the name {options.name}", issuer=options.issuer, name=options.name
    )
    return 0


def verify_domain(services: Services, options: Namespace) -> int:
    """Verify that a domain names an issuer, and store the proof."""
    proof = domain_proof.prove(services.domain_prover, options.issuer, options.domain)
    text = f"{options.issuer} has verified {proof.domain} ({proof.place})."
    show(options.json, text, domain=proof.domain, place=proof.place, seen=proof.seen.isoformat())
    return 0


def remove_domain(services: Services, options: Namespace) -> int:
    """Remove a verified domain."""
    domain_proof.remove(services.issuer_context, options.issuer, options.domain)
    show(options.json, f"{options.domain}  removed", issuer=options.issuer, domain=options.domain, outcome="removed")
    return 0


def set_page_host(services: Services, options: Namespace) -> int:
    """Set or remove the host of the pages of an issuer's credentials."""
    issuer = page_host.set_page_host(services.issuer_context, options.issuer, options.host)
    url = issuer.pages_url(services.issuer_context.base_url)
    show(options.json, f"{issuer.id}  pages at {url}", issuer=issuer.id, page_host=issuer.page_host, url=url)
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
