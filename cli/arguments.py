"""What can be said on the command line."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, _SubParsersAction
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from chalicelib.access.roles import Role
from chalicelib.award import moments
from chalicelib.award.issuers import Method
from chalicelib.award.job import RowState
from chalicelib.credential import vocabulary
from chalicelib.credential.record import State
from chalicelib.errors import Malformed
from cli import access, achievement, credential, events, export, hook, issuer, job, pathway, task
from cli.demo import command as demo


def parser() -> ArgumentParser:
    """The whole grammar; each command has its function under ``act``."""
    root = ArgumentParser(
        prog="python -m cli",
        description="Laurel for issuers and operators. Settings and AWS credentials come from the environment.",
        epilog="Exit codes: 0 all was done, 1 something was not, 2 it was asked wrongly.",
    )
    nouns = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _issuer(_verbs(nouns, "issuer", "who issues: add, list, register, prove-domain, give-up-domain, rotate-key"))
    _member(_verbs(nouns, "member", "who belongs to an issuer: add, change, remove, list, sign-out"))
    _token(_verbs(nouns, "token", "what programs of an issuer bring: add, list, revoke"))
    _operator(_verbs(nouns, "operator", "tokens of those who run this deployment: add, list, revoke"))
    _achievement(_verbs(nouns, "achievement", "what can be earned: add, revise, versions, list"))
    _credential(_verbs(nouns, "credential", "who has earned it: issue, find, correct, renew, revoke, ..."))
    _pathway(_verbs(nouns, "pathway", "what leads to what: add, change, list, progress, completions, award"))
    _hook(
        _verbs(nouns, "hook", "where other systems tell of completions: add, change, list, deliveries, rotate, remove")
    )
    _job(_verbs(nouns, "job", "an achievement for everybody in a file: run, show, resume, list"))
    everything = _command(nouns, "export", export.write, "all of an issuer's data, as lines of JSON in a file")
    everything.add_argument("issuer")
    everything.add_argument("file", type=Path, metavar="FILE", help="written whole, or not at all")
    _json(everything)
    _events(_verbs(nouns, "events", "what happened: replay"))
    _task(_verbs(nouns, "task", "what could not be done: list, retry, drop"))
    seed = _command(nouns, "demo", demo.seed_demo, "seed the demo data, or complete it; a second run changes nothing")
    seed.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the map of the demo is written")
    seed.add_argument("--owner", metavar="EMAIL", help="who may then sign in as owner of the demo's issuers")
    return root


def _issuer(verbs: _SubParsersAction[ArgumentParser]) -> None:
    add = _command(verbs, "add", issuer.add, "found an issuer, with a key and its first status lists")
    add.add_argument("id", help="short name in URLs: a-z, 0-9, hyphen")
    add.add_argument("--name", required=True)
    add.add_argument("--url", required=True, help="the issuer's own web site")
    add.add_argument("--description", required=True)
    add.add_argument("--email")
    add.add_argument("--image", metavar="URL", help="address of its logo")
    add.add_argument(
        "--did",
        type=Method,
        choices=list(Method),
        default=Method.WEB,
        help="how it is named in credentials: on this host (web, the default; keys can be rotated) or by its key (key)",
    )
    add.add_argument("--owner", metavar="EMAIL", help="the address of the first member, who may then sign in")
    _json(add)
    _json(_command(verbs, "list", issuer.list_all, "all issuers"))
    register = _command(verbs, "register", issuer.register, "vouch for the name that an issuer has now (check 8)")
    register.add_argument("id")
    _json(register)
    prove = _command(verbs, "prove-domain", issuer.prove_domain, "read whether a domain names the issuer (check 8)")
    prove.add_argument("id")
    prove.add_argument("domain")
    _json(prove)
    give_up = _command(verbs, "give-up-domain", issuer.give_up_domain, "forget a domain")
    give_up.add_argument("id")
    give_up.add_argument("domain")
    rotate = _command(verbs, "rotate-key", issuer.rotate_key, "retire the key and make another one")
    rotate.add_argument("id")
    _json(rotate)


def _member(verbs: _SubParsersAction[ArgumentParser]) -> None:
    for verb, act, words in (
        ("add", access.add_member, "let a person in; the first one of an issuer as its owner"),
        ("change", access.change_member, "give a member another role"),
        ("remove", access.remove_member, "let a person go"),
    ):
        command = _command(verbs, verb, act, words)
        command.add_argument("issuer", help="the issuer's id")
        command.add_argument("email")
        if verb != "remove":
            _role(command)
        _json(command)
    listing = _command(verbs, "list", access.list_members, "an issuer's members")
    listing.add_argument("issuer", help="the issuer's id")
    _json(listing)
    out = _command(verbs, "sign-out", access.sign_out, "end every session of a person")
    out.add_argument("email")
    _json(out)


def _token(verbs: _SubParsersAction[ArgumentParser]) -> None:
    add = _command(verbs, "add", access.add_token, "make a token; its text is shown this once")
    add.add_argument("issuer", help="the issuer's id")
    add.add_argument("--name", required=True, help="what will use it")
    _role(add)
    _json(add)
    listing = _command(verbs, "list", access.list_tokens, "an issuer's tokens, without their secrets")
    listing.add_argument("issuer", help="the issuer's id")
    _json(listing)
    revoke = _command(verbs, "revoke", access.revoke_token, "from now on it opens nothing")
    revoke.add_argument("issuer", help="the issuer's id")
    revoke.add_argument("id", metavar="ID", help="the token's id: what stands between laurel_ and the next _")
    _json(revoke)


def _operator(verbs: _SubParsersAction[ArgumentParser]) -> None:
    add = _command(verbs, "add", access.add_operator, "make a token that founds issuers; its text is shown once")
    add.add_argument("--name", required=True, help="who or what will use it")
    _json(add)
    _json(_command(verbs, "list", access.list_operators, "the operators' tokens, without their secrets"))
    revoke = _command(verbs, "revoke", access.revoke_operator, "from now on it opens nothing")
    revoke.add_argument("id", metavar="ID")
    _json(revoke)


def _role(command: ArgumentParser) -> None:
    command.add_argument("--role", type=Role, choices=list(Role), required=True, help="what they may do")


def _achievement(verbs: _SubParsersAction[ArgumentParser]) -> None:
    add = _command(verbs, "add", achievement.add, "add what can be earned")
    add.add_argument("issuer", help="the issuer's id")
    add.add_argument("--name", required=True)
    add.add_argument("--description", required=True)
    add.add_argument("--criteria", required=True, help="what has to be done to earn it")
    add.add_argument("--image", type=Path, required=True, metavar="FILE", help="a PNG")
    add.add_argument("--image-alt", required=True, help="the picture in words")
    add.add_argument("--kind", default="Badge", help="an Open Badges achievementType (default: Badge)")
    add.add_argument(
        "--skill",
        nargs=3,
        action="append",
        default=[],
        metavar=("NAME", "URL", "FRAMEWORK"),
        help="a skill that it shows, with its address in a public framework; may be repeated",
    )
    add.add_argument("--valid-days", type=int, metavar="DAYS", help="how long a credential is good for (no end)")
    add.add_argument("--evidence-required", action="store_true", help="it is only issued with evidence")
    _json(add)
    revise = _command(verbs, "revise", achievement.revise, "the next version: as it is, but for what is given")
    revise.add_argument("issuer")
    revise.add_argument("id", help="the achievement's id")
    for words in ("--name", "--description", "--criteria", "--image-alt", "--kind"):
        revise.add_argument(words)
    revise.add_argument("--image", type=Path, metavar="FILE", help="a PNG; without it the picture stays")
    revise.add_argument(
        "--skill",
        nargs=3,
        action="append",
        metavar=("NAME", "URL", "FRAMEWORK"),
        help="instead of all that are there; may be repeated",
    )
    revise.add_argument("--valid-days", type=int, metavar="DAYS", help="0 takes the rule away")
    revise.add_argument("--evidence-required", action=BooleanOptionalAction)
    revise.add_argument("--archived", action=BooleanOptionalAction, help="whether it is no longer issued")
    _json(revise)
    versions = _command(verbs, "versions", achievement.versions, "every version of one")
    versions.add_argument("issuer")
    versions.add_argument("id")
    _json(versions)
    listing = _command(verbs, "list", achievement.list_all, "an issuer's achievements")
    listing.add_argument("issuer")
    _json(listing)


def _credential(verbs: _SubParsersAction[ArgumentParser]) -> None:
    issue = _command(verbs, "issue", credential.issue_one, "issue an achievement to one holder; `job run` to many")
    issue.add_argument("issuer", help="the issuer's id")
    issue.add_argument("achievement", help="the achievement's id")
    issue.add_argument("--name", required=True, help="the holder's name")
    issue.add_argument("--email", help="the holder's e-mail address, which is kept only as a salted hash")
    issue.add_argument("--did", help="the holder's DID")
    issue.add_argument("--valid-from", type=_start, metavar="DATE", help="YYYY-MM-DD or RFC 3339 (default: now)")
    issue.add_argument("--valid-until", type=_end, metavar="DATE", help="the same; a day counts to its end")
    issue.add_argument("--jwt", action="store_true", help="make the VC-JWT form too")
    issue.add_argument(
        "--suite",
        choices=(vocabulary.EDDSA_RDFC_2022, vocabulary.EDDSA_JCS_2022),
        default=vocabulary.EDDSA_RDFC_2022,
        help="cryptosuite of the proof (default: %(default)s)",
    )
    _json(issue)
    for verb, act, words in (
        ("revoke", credential.revoke_all, "withdraw credentials for good"),
        ("suspend", credential.suspend_all, "put credentials on hold"),
        ("reinstate", credential.reinstate_all, "end a suspension"),
    ):
        decide = _command(verbs, verb, act, words)
        decide.add_argument("ids", nargs="+", metavar="ID")
        decide.add_argument("--issuer", metavar="ID", help="only this issuer's credentials; another's is not found")
        decide.add_argument("--reason", help="shown to whoever looks at the credential")
        _json(decide)
    show = _command(verbs, "show", credential.show_one, "verify a credential and say what was found")
    show.add_argument("id", metavar="ID")
    _json(show)
    correct = _command(verbs, "correct", credential.correct_one, "issue it again, right; the wrong one is revoked")
    correct.add_argument("id", metavar="ID")
    correct.add_argument("--issuer", metavar="ID", help="only if it is this issuer's")
    correct.add_argument("--name", help="the holder's name")
    correct.add_argument("--email")
    correct.add_argument("--did")
    correct.add_argument("--valid-from", type=_start, metavar="DATE")
    correct.add_argument("--valid-until", type=_end, metavar="DATE")
    correct.add_argument("--reason", help="shown to whoever looks at the wrong one")
    _json(correct)
    renew = _command(verbs, "renew", credential.renew_one, "issue it anew to the same holder; the old one stays")
    renew.add_argument("id", metavar="ID")
    renew.add_argument("--issuer", metavar="ID", help="only if it is this issuer's")
    renew.add_argument("--valid-until", type=_end, metavar="DATE", help="without it the achievement's rule says when")
    _json(renew)
    find = _command(verbs, "find", credential.find, "an issuer's credentials that fit, newest first")
    find.add_argument("issuer")
    find.add_argument("--name", help="a part of the holder's name")
    find.add_argument("--email", help="the whole address")
    find.add_argument("--achievement", metavar="ID")
    find.add_argument("--state", type=State, choices=list(State))
    _json(find)
    listing = _command(verbs, "list", credential.list_all, "an issuer's credentials, newest first")
    listing.add_argument("issuer")
    _json(listing)


def _job(verbs: _SubParsersAction[ArgumentParser]) -> None:
    run = _command(verbs, "run", job.run, "issue to everybody in a file; the same again goes on where it ended")
    run.add_argument("issuer")
    run.add_argument("achievement", help="the achievement's id")
    run.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="CSV in UTF-8 whose first row names the columns (name, email, valid_until, ...), a list of "
        "`Name <mail>`, JSON, or one of them in gzip",
    )
    run.add_argument("--dry-run", action="store_true", help="only say what is wrong with it")
    run.add_argument("--notify", action="store_true", help="write to the holders")
    run.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=("duplicates", "faults", "columns"),
        help="issue although addresses stand twice; to the rows without faults; without the columns not known here",
    )
    run.add_argument("--key", help="tells it from an earlier run with the same rows")
    run.add_argument("--valid-from", type=_start, metavar="DATE", help="for rows that do not say it")
    run.add_argument("--valid-until", type=_end, metavar="DATE", help="the same; a day counts to its end")
    _json(run)
    for verb, act, words in (
        ("show", job.show_one, "how far a job is"),
        ("resume", job.resume, "go on with a job, here and now"),
    ):
        one = _command(verbs, verb, act, words)
        one.add_argument("issuer")
        one.add_argument("id", metavar="ID")
        if verb == "show":
            one.add_argument("--rows", choices=("all", *RowState), help="what has come of each row")
            one.add_argument("--csv", action="store_true", help="the rows as a table")
        _json(one)
    listing = _command(verbs, "list", job.list_all, "an issuer's jobs, newest first")
    listing.add_argument("issuer")
    _json(listing)


def _events(verbs: _SubParsersAction[ArgumentParser]) -> None:
    replay = _command(verbs, "replay", events.replay_log, "store the events that only the log has; harmless to repeat")
    replay.add_argument("file", metavar="FILE", help="lines of the log; - reads standard input")
    _json(replay)


def _pathway(verbs: _SubParsersAction[ArgumentParser]) -> None:
    for verb, act, words in (
        ("add", pathway.add, "write a pathway"),
        ("change", pathway.change, "write its next version; who has completed it, has"),
        ("list", pathway.list_all, "an issuer's pathways"),
        ("progress", pathway.progress, "how far a holder has come, step by step"),
        ("completions", pathway.completions, "who has completed it, and whether what earned it still stands"),
        ("award", pathway.award, "award it to all who had its steps before it was written; harmless to repeat"),
    ):
        command = _written(verbs, verb, act, words, "pathway")
        if verb == "progress":
            command.add_argument("email", help="the holder's e-mail address")
        if verb == "completions":
            command.add_argument("--unsupported", action="store_true", help="only those that no longer stand by it")


def _hook(verbs: _SubParsersAction[ArgumentParser]) -> None:
    for verb, act, words in (
        ("add", hook.add, "make a hook; its secret is shown once"),
        ("change", hook.change, "write its mapping and table anew; its secrets stay"),
        ("list", hook.list_all, "an issuer's hooks"),
        ("deliveries", hook.deliveries, "what came in last, and why nothing was issued"),
        ("rotate", hook.rotate, "give it a new secret; the one before it is good for a day more"),
        ("remove", hook.remove, "take it away; what was issued stays"),
    ):
        _written(verbs, verb, act, words, "hook")


def _written(
    verbs: _SubParsersAction[ArgumentParser], verb: str, act: Callable[..., int], words: str, noun: str
) -> ArgumentParser:
    """A command on one of an issuer's things, or all, that are written as JSON."""
    command = _command(verbs, verb, act, words)
    command.add_argument("issuer", help="the issuer's id")
    if verb not in ("add", "list"):
        command.add_argument("id", help=f"the {noun}'s id")
    if verb in ("add", "change"):
        command.add_argument("file", type=Path, metavar="FILE", help=f"JSON, as POST /v1/{noun}s takes it")
    _json(command)
    return command


def _task(verbs: _SubParsersAction[ArgumentParser]) -> None:
    for verb, act, words in (
        ("list", task.list_parked, "tasks that failed ten times and were set aside, the oldest first"),
        ("retry", task.retry, "make them due again"),
        ("drop", task.drop, "forget them; what they were to do is not done"),
    ):
        command = _command(verbs, verb, act, words)
        command.add_argument("--kind", help="only of this kind: deliver, unopened, unshared, renewal, pathways, job")
        command.add_argument("--issuer", metavar="ID", help="only this issuer's")
        command.add_argument("--subject", metavar="ID", help="only about this credential or job")
        if verb != "list":
            command.add_argument("--all", action="store_true", help="all of them")
        _json(command)


def _verbs(nouns: _SubParsersAction[ArgumentParser], noun: str, words: str) -> _SubParsersAction[ArgumentParser]:
    return nouns.add_parser(noun, help=words, description=words).add_subparsers(required=True, metavar="COMMAND")


def _command(
    verbs: _SubParsersAction[ArgumentParser], name: str, act: Callable[..., int], words: str
) -> ArgumentParser:
    command = verbs.add_parser(name, help=words, description=words)
    command.set_defaults(act=act)
    return command


def _json(command: ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="one JSON object a line")


def _start(text: str) -> datetime:
    return _moment(text, moments.start)


def _end(text: str) -> datetime:
    return _moment(text, moments.end)


def _moment(text: str, read: Callable[[str], datetime]) -> datetime:
    try:
        return read(text)
    except Malformed as error:
        raise ArgumentTypeError(error.detail) from error
