"""Commands for members, API keys and operators' API keys."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from chalicelib.access import email_address, members, sessions, tokens
from chalicelib.access.models import Member, Token
from chalicelib.access.roles import Role
from chalicelib.credential import dates
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import note, show, table

BY = "operator:command line"
"""Recorded as the creator of what the command line creates, where no user is signed in."""

KEY_ID = "id of the API key: the part between laurel_ and the next _"


def add_commands(resources: Commands) -> None:
    """Add `member`, `token` and `operator`."""
    _member(grammar.verbs(resources, "member", "manage the members of an issuer"))
    _token(grammar.verbs(resources, "token", "manage the API keys of an issuer"))
    _operator(grammar.verbs(resources, "operator", "manage the API keys of operators, who run this deployment"))


def _member(verbs: Commands) -> None:
    for verb, handler, description, options in (
        ("add", add_member, "add a member; the first member of an issuer must be an owner", "--role editor"),
        ("set-role", change_member, "change the role of a member", "--role owner"),
        ("remove", remove_member, "remove a member and revoke their API keys", ""),
    ):
        example = f"laurel member {verb} acme ada@acme.example {options}".rstrip()
        command = grammar.command(verbs, verb, handler, description, example)
        grammar.issuer(command)
        command.add_argument("email", metavar="EMAIL", help="email address of the member")
        if verb != "remove":
            _role(command, "member")
        if verb != "add":
            command.add_argument(
                "--revoke",
                action="append",
                default=[],
                metavar="ID",
                help="also revoke this organization key, whose secret the member may know; can be repeated",
            )
    grammar.issuer(
        grammar.command(verbs, "list", list_members, "list the members of an issuer", "laurel member list acme")
    )
    sessions_of = grammar.command(
        verbs, "sign-out", sign_out, "sign a person out everywhere", "laurel member sign-out ada@acme.example"
    )
    sessions_of.add_argument("email", metavar="EMAIL", help="email address of the person")


def _token(verbs: Commands) -> None:
    create = grammar.command(
        verbs,
        "create",
        create_token,
        "create an API key; it is shown only once",
        "laurel token create acme --name Moodle --role editor",
    )
    grammar.issuer(create)
    create.add_argument("--name", required=True, help="who or what will use the API key")
    _role(create, "API key")
    create.add_argument(
        "--member",
        metavar="EMAIL",
        help="the member that it belongs to; it is revoked when they are removed. Without this option, "
        "the API key belongs to the organization",
    )
    grammar.issuer(
        grammar.command(verbs, "list", list_tokens, "list the API keys of an issuer", "laurel token list acme")
    )
    revoke = grammar.command(verbs, "revoke", revoke_token, "revoke an API key", "laurel token revoke acme ID")
    grammar.issuer(revoke)
    revoke.add_argument("id", metavar="ID", help=KEY_ID)


def _operator(verbs: Commands) -> None:
    create = grammar.command(
        verbs,
        "create",
        create_operator,
        "create an operator's API key, which can create issuers; it is shown only once",
        "laurel operator create --name Deployment",
    )
    create.add_argument("--name", required=True, help="who or what will use the API key")
    grammar.command(verbs, "list", list_operators, "list the API keys of operators", "laurel operator list")
    revoke = grammar.command(
        verbs, "revoke", revoke_operator, "revoke an operator's API key", "laurel operator revoke ID"
    )
    revoke.add_argument("id", metavar="ID", help=KEY_ID)


def _role(command: ArgumentParser, owner: str) -> None:
    command.add_argument("--role", **grammar.one_of(Role), required=True, help=f"role of the {owner}")


def add_member(services: Services, options: Namespace) -> int:
    """Add a member."""
    services.issuer_store.issuer(options.issuer)  # raises NotFound for an unknown issuer
    _show_member(members.add(services.access_context, options.issuer, options.email, options.role), options.json)
    return 0


def change_member(services: Services, options: Namespace) -> int:
    """Change the role of a member."""
    changed = members.change(services.access_context, options.issuer, options.email, options.role, options.revoke)
    _show_member(changed, options.json)
    if changed.role is not Role.OWNER:
        _note_kept(services, options.issuer)
    return 0


def remove_member(services: Services, options: Namespace) -> int:
    """Remove a member and revoke their API keys."""
    revoked = members.remove(services.access_context, options.issuer, options.email, options.revoke)
    show(
        options.json,
        f"{options.email}  removed, API keys revoked: {len(revoked)}",
        issuer=options.issuer,
        email=options.email,
        outcome="removed",
        revoked=[token.id for token in revoked],
    )
    _note_kept(services, options.issuer)
    return 0


def _note_kept(services: Services, issuer_id: str) -> None:
    """List the organization keys that a member who has fewer rights now may know."""
    kept = tokens.of_organization(services.access_context, issuer_id)
    if kept:
        listed = ", ".join(f"{token.id} ({token.name})" for token in kept)
        note(f"These organization keys still work. Revoke those whose secrets the member may know: {listed}")


def list_members(services: Services, options: Namespace) -> int:
    """List the members of an issuer."""
    services.issuer_store.issuer(options.issuer)
    found = members.of_issuer(services.access_context, options.issuer)
    table(options.json, ("email", "role", "since"), map(_member_row, found))
    return 0


def sign_out(services: Services, options: Namespace) -> int:
    """End every session of a user, on every device."""
    ended = sessions.sign_out_everywhere(services.access_context, email_address.normalize(options.email))
    show(options.json, f"{options.email}  sessions ended: {ended}", email=options.email, ended=ended)
    return 0


def create_token(services: Services, options: Namespace) -> int:
    """Create an API key and show it once."""
    services.issuer_store.issuer(options.issuer)
    member = None if options.member is None else email_address.normalize(options.member)
    made = tokens.make(services.access_context, options.issuer, options.role, options.name, BY, member=member)
    _show_new(*made, options.json)
    return 0


def list_tokens(services: Services, options: Namespace) -> int:
    """List the API keys of an issuer, oldest first."""
    services.issuer_store.issuer(options.issuer)
    return _list(services, options.issuer, options.json)


def revoke_token(services: Services, options: Namespace) -> int:
    """Revoke an API key."""
    return _revoke(services, options.issuer, options)


def create_operator(services: Services, options: Namespace) -> int:
    """Create an operator's API key and show it once."""
    _show_new(*tokens.make(services.access_context, None, None, options.name, BY), options.json)
    return 0


def list_operators(services: Services, options: Namespace) -> int:
    """List the API keys of operators, oldest first."""
    return _list(services, None, options.json)


def revoke_operator(services: Services, options: Namespace) -> int:
    """Revoke an operator's API key."""
    return _revoke(services, None, options)


def _list(services: Services, issuer_id: str | None, as_json: bool) -> int:
    columns = ("id", "role", "name", "member", "used") if issuer_id else ("id", "name", "used")
    table(as_json, columns, map(_token_row, tokens.of_issuer(services.access_context, issuer_id)))
    return 0


def _revoke(services: Services, issuer_id: str | None, options: Namespace) -> int:
    tokens.revoke(services.access_context, issuer_id, options.id)
    show(options.json, f"{options.id}  revoked", id=options.id, outcome="revoked")
    return 0


def _show_new(token: Token, text: str, as_json: bool) -> None:
    show(as_json, text, **_token_row(token), token=text)
    note("Save this API key now. Only its hash is stored, so it cannot be shown again.")


def _token_row(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "issuer": token.issuer_id,
        "role": token.role,
        "name": token.name,
        "created": dates.write(token.created),
        "created_by": token.created_by,
        "member": token.member,
        "used": None if token.used is None else dates.write(token.used),
    }


def _show_member(member: Member, as_json: bool) -> None:
    row = _member_row(member)
    show(as_json, f"{row['email']}  {row['role']}  since {row['since']}", **row)


def _member_row(member: Member) -> dict[str, object]:
    since = dates.write(member.since)
    return {"issuer": member.issuer_id, "email": member.email, "role": member.role, "since": since}
