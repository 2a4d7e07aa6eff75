"""Commands for signing keys."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime

from chalicelib.award.keys import revocation
from chalicelib.award.keys.revocation import Impact
from chalicelib.credential import dates
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import note, show, table


def add_commands(resources: Commands) -> None:
    """Add `key`."""
    verbs = grammar.verbs(resources, "key", "list signing keys, and revoke a compromised one")
    grammar.issuer(
        grammar.command(verbs, "list", list_all, "list the signing keys of an issuer", "laurel key list acme --json")
    )
    revoked = grammar.command(
        verbs,
        "revoke",
        revoke,
        "show what revoking a compromised key does, or revoke it with --yes",
        "laurel key revoke --compromised-since 2026-11-20T08:00:00Z acme KEY",
        "laurel key revoke --compromised-since 2026-11-20T08:00:00Z acme KEY --yes",
    )
    revoked.add_argument(
        "--compromised-since",
        required=True,
        type=grammar.start,
        metavar="TIME",
        help="when the key was compromised: a timestamp, or a date (the start of that day)",
    )
    revoked.add_argument("--yes", action="store_true", help="revoke the key; without it nothing changes")
    grammar.issuer(revoked)
    revoked.add_argument("key", metavar="KEY", help="id of the key, as `laurel key list` shows it")


def list_all(services: Services, options: Namespace) -> int:
    """List the signing keys of an issuer."""
    issuer = services.issuer_store.issuer(options.issuer)
    rows = [_members(key) for key in issuer.keys]
    table(options.json, ("key", "shared", "created", "retired", "revoked"), rows)
    return 0


def revoke(services: Services, options: Namespace) -> int:
    """Show what revoking the key does to issued credentials; with ``--yes`` revoke it."""
    context, since = services.issuer_context, options.compromised_since
    impact = revocation.impact(context, options.issuer, options.key, since)
    if not options.yes:
        _show(
            options, impact, f"{_effect(impact)}\nNothing has changed. Repeat the command with --yes to revoke the key."
        )
        return 0
    note(_effect(impact))
    issuer = revocation.revoke(context, options.issuer, options.key, since, by_operator=True)
    impact = revocation.impact(context, options.issuer, options.key, since)
    _show(options, impact, f"{_done(impact, issuer)}\n{_next_step(impact)}", issuer.signing_key)
    return 0


def _effect(impact: Impact) -> str:
    return (
        f"The key {impact.key.fragment} signed {impact.invalid + impact.kept:,} credentials.\n"
        f"  {impact.invalid:,} were issued since {_written(impact.since)}: they will be invalid.\n"
        f"  {impact.kept:,} were issued earlier: they stay valid on Laurel, but other verifiers will reject them."
    )


def _done(impact: Impact, issuer: Issuer) -> str:
    return f"Revoked {impact.key.fragment}. {issuer.name} now signs with {issuer.signing_key.fragment}."


def _next_step(impact: Impact) -> str:
    return (
        f"Now renew the {impact.invalid:,} invalid credentials (`laurel credential renew`), and any of the "
        f"{impact.kept:,} earlier ones that holders use with other verifiers."
    )


def _show(options: Namespace, impact: Impact, text: str, signing_key: SigningKey | None = None) -> None:
    show(
        options.json,
        text,
        issuer=options.issuer,
        key=impact.key.fragment,
        compromised_since=_written(impact.since),
        invalid=impact.invalid,
        kept=impact.kept,
        revoked=signing_key is not None,
        signing_key=None if signing_key is None else signing_key.fragment,
    )


def _members(key: SigningKey) -> dict[str, object]:
    return {
        "key": key.fragment,
        "shared": key.shared,
        "created": _written(key.created),
        "retired": None if key.retired is None else _written(key.retired),
        "revoked": None if key.revoked is None else _written(key.revoked),
    }


def _written(at: datetime) -> str:
    return dates.write(at)
