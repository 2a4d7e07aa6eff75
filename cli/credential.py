"""The commands about credentials."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import reissue, status_changes
from chalicelib.award.issuing import search as listing
from chalicelib.award.issuing.issue import Award, issue
from chalicelib.award.issuing.reissue import Changes
from chalicelib.award.issuing.search import Row, Search
from chalicelib.award.issuing.status_changes import Decision
from chalicelib.credential import vocabulary
from chalicelib.credential.build import EvidenceLink, Holder, credential_url
from chalicelib.credential.record import Record, State
from chalicelib.errors import LaurelError, Unavailable
from chalicelib.services import Services
from chalicelib.verify.report import Outcome
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageFault, show

_ABSENT = ("email", "did", "valid-until", "evidence")
"""What a credential may be without."""
_MARKS = {Outcome.PASSED: "+", Outcome.FAILED: "-", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: " "}


def add_commands(nouns: Commands) -> None:
    """What can be said of a credential."""
    verbs = grammar.verbs(nouns, "credential", "who has earned it: issue, find, correct, renew, revoke, ...")
    made = grammar.command(verbs, "issue", issue_one, "issue an achievement to one holder; `job run` to many")
    grammar.issuer(made)
    made.add_argument("achievement", help="the achievement's id")
    made.add_argument("--name", required=True, help="the holder's name")
    made.add_argument("--email", help="the holder's e-mail address, which is in the credential as a salted hash only")
    made.add_argument("--did", help="the holder's DID")
    made.add_argument("--zone", help="the holder's IANA time zone, such as Europe/Berlin")
    made.add_argument("--notify", action="store_true", help="write to the holder")
    _dates(made, "now")
    _evidence(made)
    made.add_argument("--jwt", action="store_true", help="make the VC-JWT form too")
    made.add_argument(
        "--suite",
        choices=(vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022),
        default=vocabulary.EDDSA_RDFC_2022,
        help="cryptosuite of the proof (default: %(default)s)",
    )
    for verb, act, words in (
        ("revoke", revoke_all, "withdraw credentials for good"),
        ("suspend", suspend_all, "put credentials on hold"),
        ("reinstate", reinstate_all, "end a suspension"),
    ):
        decide = grammar.command(verbs, verb, act, words)
        decide.add_argument("ids", nargs="+", metavar="ID")
        decide.add_argument("--issuer", metavar="ID", help="only this issuer's credentials; another's is not found")
        decide.add_argument("--reason", help="shown to whoever looks at the credential")
    seen = grammar.command(verbs, "show", show_one, "verify a credential and say what was found")
    seen.add_argument("id", metavar="ID")
    _replacements(verbs)
    found = grammar.command(verbs, "find", find, "an issuer's credentials that fit, newest first")
    grammar.issuer(found)
    found.add_argument("--name", help="a part of the holder's name")
    found.add_argument("--email", help="the whole address")
    found.add_argument("--achievement", metavar="ID")
    found.add_argument("--state", **grammar.one_of(State))
    grammar.issuer(grammar.command(verbs, "list", list_all, "an issuer's credentials, newest first"))


def _replacements(verbs: Commands) -> None:
    right = grammar.command(verbs, "correct", correct_one, "issue it again, right; the wrong one is revoked")
    right.add_argument("id", metavar="ID")
    right.add_argument("--issuer", metavar="ID", help="only if it is this issuer's")
    right.add_argument("--name", help="the holder's name")
    right.add_argument("--email")
    right.add_argument("--did")
    _dates(right, "as it was")
    _evidence(right)
    right.add_argument(
        "--without", action="append", default=[], choices=_ABSENT, help="take away what should not be there at all"
    )
    right.add_argument("--reason", help="shown to whoever looks at the wrong one")
    anew = grammar.command(verbs, "renew", renew_one, "issue it anew to the same holder; the old one stays")
    anew.add_argument("id", metavar="ID")
    anew.add_argument("--issuer", metavar="ID", help="only if it is this issuer's")
    anew.add_argument(
        "--valid-until", type=grammar.end, metavar="DATE", help="without it the achievement's rule says when"
    )


def _dates(command: ArgumentParser, otherwise: str) -> None:
    words = f"YYYY-MM-DD or RFC 3339 (default: {otherwise})"
    command.add_argument("--valid-from", type=grammar.start, metavar="DATE", help=words)
    command.add_argument("--valid-until", type=grammar.end, metavar="DATE", help="the same; a day counts to its end")


def _evidence(command: ArgumentParser) -> None:
    command.add_argument(
        "--evidence",
        nargs="+",
        action="append",
        default=[],
        metavar=("URL", "NAME"),
        help="what was done to earn it: its address, what it is called, and a few words if you like; may be repeated",
    )


def _links(asked: Namespace) -> tuple[EvidenceLink, ...]:
    if any(len(each) not in (2, 3) for each in asked.evidence):
        raise UsageFault("Give evidence as --evidence URL NAME, or --evidence URL NAME WORDS.")
    return tuple(EvidenceLink(*each) for each in asked.evidence)


def issue_one(services: Services, asked: Namespace) -> int:
    """Issue to one holder and say what came of it; `job run` does it for a file of them."""
    issuer_context = services.issuer_context
    # The id is fixed before the attempt, so that an attempt with an unclear end can be looked up.
    name = issuer_context.public_id()
    award = Award(
        issuer_id=asked.issuer,
        achievement_id=asked.achievement,
        holder=Holder(asked.name, asked.email, asked.did),
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        evidence=_links(asked),
        suite=asked.suite,
        jwt=asked.jwt,
        credential_id=name,
        zone=asked.zone,
        notify=asked.notify,
    )
    try:
        services.issuer_store.issuer(asked.issuer)  # without one, the refusal would be about the achievement
        issue(issuer_context, award)
    except Unavailable as error:
        text = f"unclear  {name}  {asked.name}: {error.detail} Ask `credential show` before trying again."
        show(asked.json, text, holder=asked.name, outcome="unclear", id=name, code=error.code, detail=error.detail)
        return 1
    except LaurelError as error:
        text = f"refused  {asked.name}: {error.detail} ({error.code})"
        show(asked.json, text, holder=asked.name, outcome="refused", code=error.code, detail=error.detail)
        return 1
    url = credential_url(issuer_context.base_url, name)
    show(asked.json, f"issued   {url}  {asked.name}", holder=asked.name, outcome="issued", id=name, url=url)
    return 0


def revoke_all(services: Services, asked: Namespace) -> int:
    """Withdraw each credential."""
    return _decide_all(services, asked, status_changes.revoke)


def suspend_all(services: Services, asked: Namespace) -> int:
    """Put each credential on hold."""
    return _decide_all(services, asked, status_changes.suspend)


def reinstate_all(services: Services, asked: Namespace) -> int:
    """End each credential's suspension."""
    return _decide_all(services, asked, status_changes.reinstate)


def _decide_all(
    services: Services, asked: Namespace, decide: Callable[[IssuerContext, str, str, str | None], Decision]
) -> int:
    failed = 0
    for name in asked.ids:
        try:
            decision = decide(services.issuer_context, _tenant(services, asked, name), name, asked.reason)
        except LaurelError as error:
            failed += 1
            text = f"{name}  refused: {error.detail} ({error.code})"
            show(asked.json, text, id=name, outcome="refused", code=error.code, detail=error.detail)
            continue
        state = decision.record.standing.state
        text = f"{name}  {state}" if decision.changed else f"{name}  {state} already, since {_since(decision)}"
        show(asked.json, text, id=name, outcome="changed" if decision.changed else "unchanged", state=state)
    return 1 if failed else 0


def _tenant(services: Services, asked: Namespace, name: str) -> str:
    """The issuer that is asked for, or whose the credential is: an operator may act for any."""
    return str(asked.issuer) if asked.issuer else services.issuer_store.record(name).issuer_id


def _since(decision: Decision) -> str:
    return f"{decision.record.standing.at:%Y-%m-%d %H:%M} UTC"


def show_one(services: Services, asked: Namespace) -> int:
    """Verify one credential; not an event, because its issuer asks and not a verifier."""
    opened = services.hosted_reports.open(asked.id, None)
    report, record = opened.report, opened.record
    lines = [f"{record.id}  {report.verdict}", f"  the issuer's decision: {record.standing.state}"]
    if record.standing.reason:
        lines[-1] += f" ({record.standing.reason})"
    lines += [f"  {_MARKS[each.outcome]} {each.number:2} {each.check}: {each.message}" for each in report.findings]
    show(
        asked.json,
        "\n".join(lines),
        id=record.id,
        verdict=report.verdict,
        state=record.standing.state,
        reason=record.standing.reason,
        findings={each.check: each.code for each in report.findings},
    )
    return 0


def correct_one(services: Services, asked: Namespace) -> int:
    """Put a right credential in the place of a wrong one."""
    given = {name: getattr(asked, name) for name in ("name", "email", "did", "valid_from", "valid_until")}
    said = {name: value for name, value in given.items() if value is not None}
    if links := _links(asked):
        said["evidence"] = links
    for absent in dict.fromkeys(asked.without):
        name = absent.replace("-", "_")
        if said.get(name) is not None:
            raise UsageFault(f"Give --{absent} or --without {absent}, not both.")
        said[name] = () if name == "evidence" else None
    changes = replace(Changes(), **said)
    tenant = _tenant(services, asked, asked.id)
    return _show_made(
        services, asked, reissue.correct(services.issuer_context, tenant, asked.id, changes, asked.reason)
    )


def renew_one(services: Services, asked: Namespace) -> int:
    """Issue a credential anew to the same holder."""
    tenant = _tenant(services, asked, asked.id)
    return _show_made(services, asked, reissue.renew(services.issuer_context, tenant, asked.id, asked.valid_until))


def _show_made(services: Services, asked: Namespace, record: Record) -> int:
    url = credential_url(services.issuer_context.base_url, record.id)
    show(asked.json, f"{url}  replaces {record.supersedes}", id=record.id, url=url, supersedes=record.supersedes)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every credential of one issuer, newest first; whose it is stays out of a list."""
    for row in _rows(services, asked.issuer, Search()):
        state, issued = row.state, f"{row.issued_at:%Y-%m-%d}"
        text = f"{row.credential_id}  {issued}  {state:9}  {row.achievement_id}"
        show(asked.json, text, id=row.credential_id, state=state, issued=issued, achievement=row.achievement_id)
    return 0


def find(services: Services, asked: Namespace) -> int:
    """The credentials of one issuer that fit, and whose they are; 1 when there is none."""
    found = 0
    for row in _rows(services, asked.issuer, Search(asked.name, asked.email, asked.achievement, asked.state)):
        found += 1
        state, issued = row.state, f"{row.issued_at:%Y-%m-%d}"
        whose = f"{row.holder_name} <{row.email}>" if row.email else row.holder_name
        show(
            asked.json,
            f"{row.credential_id}  {issued}  {state:9}  {whose}",
            id=row.credential_id,
            state=state,
            issued=issued,
            achievement=row.achievement_id,
            holder=row.holder_name,
            email=row.email,
            superseded_by=row.superseded_by,
        )
    return 0 if found else 1


def _rows(services: Services, issuer_id: str, search: Search) -> Iterator[Row]:
    services.issuer_store.issuer(issuer_id)
    page = listing.page(services.issuer_store, issuer_id, search, limit=listing.MOST)
    yield from page.rows
    while page.next is not None:
        page = listing.page(services.issuer_store, issuer_id, search, page.next, listing.MOST)
        yield from page.rows
