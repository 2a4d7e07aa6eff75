"""The commands about who may do what: members and tokens of an issuer, tokens of operators."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from chalicelib.access import (
    email_address,
    members,
    sessions,
    tokens,
)
from chalicelib.access.models import Member, Token
from chalicelib.access.roles import Role
from chalicelib.credential import dates
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import note, show

BY = "operator:command line"
"""Who made a token, where nobody is signed in."""


def add_commands(nouns: Commands) -> None:
    """What can be said of members and tokens."""
    _member(grammar.verbs(nouns, "member", "who belongs to an issuer: add, change, remove, list, sign-out"))
    _token(grammar.verbs(nouns, "token", "what programs of an issuer bring: add, list, revoke"))
    _operator(grammar.verbs(nouns, "operator", "tokens of those who run this deployment: add, list, revoke"))


def _member(verbs: Commands) -> None:
    for verb, act, words in (
        ("add", add_member, "let a person in; the first one of an issuer as its owner"),
        ("change", change_member, "give a member another role"),
        ("remove", remove_member, "let a person go"),
    ):
        command = grammar.command(verbs, verb, act, words)
        grammar.issuer(command)
        command.add_argument("email")
        if verb != "remove":
            _role(command)
    grammar.issuer(grammar.command(verbs, "list", list_members, "an issuer's members"))
    grammar.command(verbs, "sign-out", sign_out, "end every session of a person").add_argument("email")


def _token(verbs: Commands) -> None:
    add = grammar.command(verbs, "add", add_token, "make a token; its text is shown this once")
    grammar.issuer(add)
    add.add_argument("--name", required=True, help="what will use it")
    _role(add)
    grammar.issuer(grammar.command(verbs, "list", list_tokens, "an issuer's tokens, without their secrets"))
    revoke = grammar.command(verbs, "revoke", revoke_token, "from now on it opens nothing")
    grammar.issuer(revoke)
    revoke.add_argument("id", metavar="ID", help="the token's id: what stands between laurel_ and the next _")


def _operator(verbs: Commands) -> None:
    add = grammar.command(verbs, "add", add_operator, "make a token that founds issuers; its text is shown once")
    add.add_argument("--name", required=True, help="who or what will use it")
    grammar.command(verbs, "list", list_operators, "the operators' tokens, without their secrets")
    revoke = grammar.command(verbs, "revoke", revoke_operator, "from now on it opens nothing")
    revoke.add_argument("id", metavar="ID")


def _role(command: ArgumentParser) -> None:
    command.add_argument("--role", **grammar.one_of(Role), required=True, help="what they may do")


def add_member(services: Services, asked: Namespace) -> int:
    """Let a person in."""
    services.issuer_store.issuer(asked.issuer)  # a wrong id is told as such
    _show_member(members.add(services.access_context, asked.issuer, asked.email, asked.role), asked.json)
    return 0


def change_member(services: Services, asked: Namespace) -> int:
    """Give a member another role."""
    _show_member(members.change(services.access_context, asked.issuer, asked.email, asked.role), asked.json)
    return 0


def remove_member(services: Services, asked: Namespace) -> int:
    """Let a person go."""
    members.remove(services.access_context, asked.issuer, asked.email)
    show(asked.json, f"{asked.email}  removed", issuer=asked.issuer, email=asked.email, outcome="removed")
    return 0


def list_members(services: Services, asked: Namespace) -> int:
    """All members of an issuer."""
    services.issuer_store.issuer(asked.issuer)
    for member in members.of_issuer(services.access_context, asked.issuer):
        _show_member(member, asked.json)
    return 0


def sign_out(services: Services, asked: Namespace) -> int:
    """End every session of a person, wherever they are signed in."""
    ended = sessions.sign_out_everywhere(services.access_context, email_address.normal(asked.email))
    show(asked.json, f"{asked.email}  sessions ended: {ended}", email=asked.email, ended=ended)
    return 0


def add_token(services: Services, asked: Namespace) -> int:
    """Make a token for an issuer; its text is shown this once."""
    services.issuer_store.issuer(asked.issuer)
    _show_new(*tokens.make(services.access_context, asked.issuer, asked.role, asked.name, BY), asked.json)
    return 0


def list_tokens(services: Services, asked: Namespace) -> int:
    """An issuer's tokens, oldest first."""
    services.issuer_store.issuer(asked.issuer)
    return _list(services, asked.issuer, asked.json)


def revoke_token(services: Services, asked: Namespace) -> int:
    """From now on an issuer's token opens nothing."""
    return _revoke(services, asked.issuer, asked)


def add_operator(services: Services, asked: Namespace) -> int:
    """Make an operator's token; its text is shown this once."""
    _show_new(*tokens.make(services.access_context, None, None, asked.name, BY), asked.json)
    return 0


def list_operators(services: Services, asked: Namespace) -> int:
    """The operators' tokens, oldest first."""
    return _list(services, None, asked.json)


def revoke_operator(services: Services, asked: Namespace) -> int:
    """From now on an operator's token opens nothing."""
    return _revoke(services, None, asked)


def _list(services: Services, issuer_id: str | None, as_json: bool) -> int:
    for token in tokens.of_issuer(services.access_context, issuer_id):
        used = "never used" if token.used is None else f"used {dates.write(token.used)}"
        show(as_json, f"{token.id}  {token.role or 'operator':8}  {token.name}  ({used})", **_members(token))
    return 0


def _revoke(services: Services, issuer_id: str | None, asked: Namespace) -> int:
    tokens.revoke(services.access_context, issuer_id, asked.id)
    show(asked.json, f"{asked.id}  revoked", id=asked.id, outcome="revoked")
    return 0


def _show_new(token: Token, text: str, as_json: bool) -> None:
    show(as_json, text, **_members(token), token=text)
    note("Keep it now: only its hash is stored, and it cannot be shown again.")


def _members(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "issuer": token.issuer_id,
        "role": token.role,
        "name": token.name,
        "created": dates.write(token.created),
        "created_by": token.created_by,
        "used": None if token.used is None else dates.write(token.used),
    }


def _show_member(member: Member, as_json: bool) -> None:
    since = dates.write(member.since)
    text = f"{member.email}  {member.role}  since {since}"
    show(as_json, text, issuer=member.issuer_id, email=member.email, role=member.role, since=since)
