"""Commands for credentials."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import reissue, status_changes
from chalicelib.award.issuing import search as listing
from chalicelib.award.issuing.issue import Award, issue
from chalicelib.award.issuing.reissue import Changes
from chalicelib.award.issuing.search import Row, Search
from chalicelib.award.issuing.signing import SUITES
from chalicelib.award.issuing.status_changes import Decision
from chalicelib.credential import vocabulary
from chalicelib.credential.build import EvidenceLink, Holder, credential_url
from chalicelib.credential.record import Record, State
from chalicelib.errors import LaurelError, Unavailable
from chalicelib.language.languages import LANGUAGES
from chalicelib.moderation import takedown
from chalicelib.services import Services
from chalicelib.verify.report import Outcome
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageProblem, note, show, table

CREDENTIAL_ID = "id of the credential, or the URL of its page"
_REMOVABLE = ("email", "did", "valid-until", "evidence")
"""Optional members that `correct --without` removes."""
_MARKS = {Outcome.PASSED: "+", Outcome.FAILED: "-", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: " "}


def add_commands(resources: Commands) -> None:
    """Add `credential`."""
    verbs = grammar.verbs(resources, "credential", "issue credentials and change their status")
    _add_issue(verbs)
    _add_status_changes(verbs)
    seen = grammar.command(verbs, "show", show_one, "verify a credential", "laurel credential show ID")
    seen.add_argument("id", metavar="ID", type=grammar.credential_id, help=CREDENTIAL_ID)
    hidden = grammar.command(
        verbs,
        "takedown",
        take_down,
        "hide the page of a credential, or show it again; only for operators",
        "laurel credential takedown ID",
        "laurel credential takedown ID --undo",
    )
    hidden.add_argument("id", metavar="ID", type=grammar.credential_id, help=CREDENTIAL_ID)
    hidden.add_argument("--undo", action="store_true", help="show the page again")
    _add_replacements(verbs)
    _add_search(verbs)
    grammar.issuer(
        grammar.command(
            verbs, "list", list_all, "list the credentials of an issuer, newest first", "laurel credential list acme"
        )
    )


def _add_issue(verbs: Commands) -> None:
    issue_command = grammar.command(
        verbs,
        "issue",
        issue_one,
        "issue a credential to one person; use `job run` for many",
        'laurel credential issue acme ACHIEVEMENT --name "Grace Osei" --email grace@example.org --notify',
    )
    grammar.issuer(issue_command)
    issue_command.add_argument("achievement", metavar="ACHIEVEMENT", help="id of the achievement")
    issue_command.add_argument("--name", required=True, help="name of the holder")
    issue_command.add_argument(
        "--email", help="email address of the holder; the credential contains only a salted hash of it"
    )
    issue_command.add_argument("--did", help="DID of the holder")
    issue_command.add_argument("--zone", help="IANA timezone of the holder, such as Europe/Berlin")
    issue_command.add_argument("--lang", choices=tuple(LANGUAGES), help="language of the emails to the holder")
    issue_command.add_argument("--notify", action="store_true", help="email the holder")
    _dates(issue_command, "now")
    _evidence(issue_command)
    issue_command.add_argument("--jwt", action="store_true", help="also issue it as a VC-JWT")
    issue_command.add_argument(
        "--suite",
        choices=sorted(SUITES, reverse=True),
        default=vocabulary.EDDSA_RDFC_2022,
        help="cryptosuite of the proof (default: %(default)s)",
    )


def _add_status_changes(verbs: Commands) -> None:
    for verb, handler, description, reason in (
        ("revoke", revoke_all, "revoke credentials permanently", "Issued to the wrong person"),
        ("suspend", suspend_all, "suspend credentials", "Under review"),
        ("reinstate", reinstate_all, "reinstate suspended credentials", "Review completed"),
    ):
        example = f'laurel credential {verb} ID --reason "{reason}"'
        decide = grammar.command(verbs, verb, handler, description, example)
        decide.add_argument("ids", nargs="+", metavar="ID", type=grammar.credential_id, help=CREDENTIAL_ID)
        decide.add_argument("--issuer", metavar="ID", help="change only credentials of this issuer")
        decide.add_argument("--reason", help="reason shown on the credential's page")


def _add_search(verbs: Commands) -> None:
    found = grammar.command(
        verbs,
        "search",
        search,
        "search the credentials of an issuer, newest first",
        "laurel credential search acme --email grace@example.org --state active",
    )
    grammar.issuer(found)
    found.add_argument("--name", help="part of the name of the holder")
    found.add_argument("--email", help="complete email address")
    found.add_argument("--achievement", metavar="ID", help="id of the achievement")
    found.add_argument("--state", **grammar.one_of(State), help="status set by the issuer")


def _add_replacements(verbs: Commands) -> None:
    right = grammar.command(
        verbs,
        "correct",
        correct_one,
        "issue a corrected credential and revoke the original",
        'laurel credential correct ID --name "Grace Osei" --reason "Name misspelt"',
    )
    right.add_argument("id", metavar="ID", type=grammar.credential_id, help=CREDENTIAL_ID)
    right.add_argument("--issuer", metavar="ID", help="fail unless it belongs to this issuer")
    right.add_argument("--name", help="name of the holder")
    right.add_argument("--email", help="email address of the holder")
    right.add_argument("--did", help="DID of the holder")
    _dates(right, "as in the original")
    _evidence(right)
    right.add_argument(
        "--without", action="append", default=[], choices=_REMOVABLE, help="remove this field; repeatable"
    )
    right.add_argument("--reason", help="reason shown on the page of the original")
    renewal = grammar.command(
        verbs,
        "renew",
        renew_one,
        "issue the credential again to the same holder; the original is not revoked",
        "laurel credential renew ID --valid-until 2030-12-31",
    )
    renewal.add_argument("id", metavar="ID", type=grammar.credential_id, help=CREDENTIAL_ID)
    renewal.add_argument("--issuer", metavar="ID", help="fail unless it belongs to this issuer")
    renewal.add_argument(
        "--valid-until",
        type=grammar.end,
        metavar="DATE",
        help="YYYY-MM-DD or RFC 3339 (default: the achievement's validity period)",
    )


def _dates(command: ArgumentParser, otherwise: str) -> None:
    words = f"YYYY-MM-DD or RFC 3339 (default: {otherwise})"
    command.add_argument("--valid-from", type=grammar.start, metavar="DATE", help=words)
    command.add_argument(
        "--valid-until", type=grammar.end, metavar="DATE", help="YYYY-MM-DD or RFC 3339; a date includes the whole day"
    )


def _evidence(command: ArgumentParser) -> None:
    command.add_argument(
        "--evidence",
        nargs="+",
        action="append",
        default=[],
        metavar=("URL", "NAME"),
        help="evidence: URL, name and an optional description; repeatable",
    )


def _links(options: Namespace) -> tuple[EvidenceLink, ...]:
    if any(len(each) not in (2, 3) for each in options.evidence):
        raise UsageProblem("Use --evidence URL NAME or --evidence URL NAME DESCRIPTION.")
    return tuple(EvidenceLink(*each) for each in options.evidence)


def issue_one(services: Services, options: Namespace) -> int:
    """Issue to one holder. `job run` issues to many."""
    issuer_context = services.issuer_context
    # The id is chosen first, so that the credential can be found after an attempt with an unclear outcome.
    name = issuer_context.public_id()
    award = Award(
        issuer_id=options.issuer,
        achievement_id=options.achievement,
        holder=Holder(options.name, options.email, options.did),
        valid_from=options.valid_from,
        valid_until=options.valid_until,
        evidence=_links(options),
        suite=options.suite,
        jwt=options.jwt,
        credential_id=name,
        zone=options.zone,
        lang=options.lang,
        notify=options.notify,
    )
    try:
        services.issuer_store.issuer(options.issuer)  # otherwise the error would name the achievement
        issue(issuer_context, award)
    except Unavailable as error:
        text = f"unknown  {name}  {options.name}: {error.detail} Run `laurel credential show` before you retry."
        show(options.json, text, holder=options.name, outcome="unknown", id=name, code=error.code, detail=error.detail)
        return 1
    except LaurelError as error:
        text = f"refused  {options.name}: {error.detail} ({error.code})"
        show(options.json, text, holder=options.name, outcome="refused", code=error.code, detail=error.detail)
        return 1
    url = credential_url(issuer_context.base_url, name)
    show(options.json, f"issued   {url}  {options.name}", holder=options.name, outcome="issued", id=name, url=url)
    return 0


def take_down(services: Services, options: Namespace) -> int:
    """Hide the page of a credential, or show it again."""
    record = takedown.set_taken_down(services.issuer_context, options.id, taken_down=not options.undo)
    text = f"{record.id}  {'taken down' if record.taken_down else 'shown'}"
    show(options.json, text, id=record.id, taken_down=record.taken_down is not None)
    return 0


def revoke_all(services: Services, options: Namespace) -> int:
    """Revoke each credential."""
    return _decide_all(services, options, status_changes.revoke)


def suspend_all(services: Services, options: Namespace) -> int:
    """Suspend each credential."""
    return _decide_all(services, options, status_changes.suspend)


def reinstate_all(services: Services, options: Namespace) -> int:
    """Reinstate each credential."""
    return _decide_all(services, options, status_changes.reinstate)


def _decide_all(
    services: Services, options: Namespace, decide: Callable[[IssuerContext, str, str, str | None], Decision]
) -> int:
    failed = 0
    for name in options.ids:
        try:
            decision = decide(services.issuer_context, _tenant(services, options, name), name, options.reason)
        except LaurelError as error:
            failed += 1
            text = f"{name}  refused: {error.detail} ({error.code})"
            show(options.json, text, id=name, outcome="refused", code=error.code, detail=error.detail)
            continue
        state = decision.record.status.state
        text = f"{name}  {state}" if decision.changed else f"{name}  already {state} since {_since(decision)}"
        show(options.json, text, id=name, outcome="changed" if decision.changed else "unchanged", state=state)
    return 1 if failed else 0


def _tenant(services: Services, options: Namespace, name: str) -> str:
    """The given issuer, or the issuer of the credential: an operator can act for any issuer."""
    return str(options.issuer) if options.issuer else services.issuer_store.record(name).issuer_id


def _since(decision: Decision) -> str:
    return f"{decision.record.status.at:%Y-%m-%d %H:%M} UTC"


def show_one(services: Services, options: Namespace) -> int:
    """Verify one credential. No view event is recorded, because the issuer asks and not a verifier."""
    opened = services.hosted_reports.open(options.id, None)
    report, record = opened.report, opened.record
    lines = [f"{record.id}  {report.verdict}", f"  status: {record.status.state}"]
    if record.status.reason:
        lines[-1] += f" ({record.status.reason})"
    replacement = record.superseded_by and credential_url(services.issuer_context.base_url, record.superseded_by)
    if replacement:
        lines.append(f"  {'corrected' if record.corrected else 'renewed'}: replaced by {replacement}")
    lines += [f"  {_MARKS[each.outcome]} {each.number:2} {each.check}: {each.message}" for each in report.findings]
    show(
        options.json,
        "\n".join(lines),
        id=record.id,
        verdict=report.verdict,
        state=record.status.state,
        reason=record.status.reason,
        replaced_by=replacement,
        findings={each.check: each.code for each in report.findings},
    )
    return 0


def correct_one(services: Services, options: Namespace) -> int:
    """Issue a corrected credential and revoke the original."""
    given = {name: getattr(options, name) for name in ("name", "email", "did", "valid_from", "valid_until")}
    changed = {name: value for name, value in given.items() if value is not None}
    if links := _links(options):
        changed["evidence"] = links
    for absent in dict.fromkeys(options.without):
        name = absent.replace("-", "_")
        if changed.get(name) is not None:
            raise UsageProblem(f"Use --{absent} or --without {absent}, not both.")
        changed[name] = () if name == "evidence" else None
    changes = replace(Changes(), **changed)
    tenant = _tenant(services, options, options.id)
    return _show_new(
        services, options, reissue.correct(services.issuer_context, tenant, options.id, changes, options.reason)
    )


def renew_one(services: Services, options: Namespace) -> int:
    """Issue a credential again to the same holder."""
    tenant = _tenant(services, options, options.id)
    return _show_new(services, options, reissue.renew(services.issuer_context, tenant, options.id, options.valid_until))


def _show_new(services: Services, options: Namespace, record: Record) -> int:
    url = credential_url(services.issuer_context.base_url, record.id)
    show(options.json, f"{url}  replaces {record.supersedes}", id=record.id, url=url, supersedes=record.supersedes)
    return 0


def list_all(services: Services, options: Namespace) -> int:
    """List the credentials of an issuer, newest first."""
    found = _rows(services, options.issuer, Search())
    first = next(found, None)
    if first is None:
        note("No credentials yet.")
        return 0
    # One read of all titles; each row of the list has its holder.
    titles = {one.id: one.name for one in services.issuer_store.achievements(options.issuer)}
    rows = ({**_members(row), **_holder(row), "title": titles.get(row.achievement_id)} for row in chain([first], found))
    table(options.json, ("id", "issued", "state", "holder", "title"), rows)
    return 0


def search(services: Services, options: Namespace) -> int:
    """Search the credentials of an issuer and show their holders. Returns 1 if nothing matches."""
    query = Search(options.name, options.email, options.achievement, options.state)
    matches = _rows(services, options.issuer, query)
    first = next(matches, None)
    if first is None:
        note("No matching credentials.")
        return 1
    rows = ({**_members(row), **_holder(row)} for row in chain([first], matches))
    table(options.json, ("id", "issued", "state", "holder", "email"), rows)
    return 0


def _members(row: Row) -> dict[str, object]:
    return {
        "id": row.credential_id,
        "state": row.state,
        "issued": f"{row.issued_at:%Y-%m-%d}",
        "achievement": row.achievement_id,
    }


def _holder(row: Row) -> dict[str, object]:
    return {"holder": row.holder_name, "email": row.email, "superseded_by": row.superseded_by}


def _rows(services: Services, issuer_id: str, query: Search) -> Iterator[Row]:
    services.issuer_store.issuer(issuer_id)
    page = listing.page(services.issuer_store, issuer_id, query, limit=listing.MAX_PAGE_SIZE)
    yield from page.rows
    while page.next is not None:
        page = listing.page(services.issuer_store, issuer_id, query, page.next, listing.MAX_PAGE_SIZE)
        yield from page.rows
