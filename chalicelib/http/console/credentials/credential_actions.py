"""What can be done with a credential that was awarded: said exactly before it is done, then done by the issuer's
services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.access.rate_limits import TooMany
from chalicelib.award.input import timestamps
from chalicelib.award.input.text_rules import check_name
from chalicelib.award.issuing import reissue, status_changes
from chalicelib.award.issuing.reissue import AS_IT_WAS, Changes
from chalicelib.credential.record import Record, State
from chalicelib.delivery import resend
from chalicelib.delivery.handlers import stands
from chalicelib.errors import Conflict, Malformed, Refused
from chalicelib.http.console.credentials.credential_text import Shown
from chalicelib.http.console.form_state import Filled
from chalicelib.http.core.ports import Services


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done."""

    key: str
    """The end of its address."""
    link: str
    line: str
    title: str
    happens: tuple[str, ...]
    button: str
    reason: str = ""
    """What the reason is called; none is asked for where it is empty."""
    reason_hint: str = "Readers of the credential see it. Write nothing that hurts somebody."
    until_hint: str = ""
    grave: bool = False
    needed: bool = False
    """Whether it is not done without a reason."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, by the code of its banner, and the credential to look at then."""

    did: str
    credential_id: str


SEND = Act(
    "send",
    "Send the message again",
    "With a fresh link to the credential.",
    "Send the message again",
    (
        "The holder gets the message with the link once more, within a few minutes.",
        "Nothing about the credential changes.",
    ),
    "Send it again",
)
CORRECT = Act(
    "correct",
    "Correct it",
    "A name is misspelt, an address or a date is wrong.",
    "Correct this credential",
    (
        "A new credential is signed with what you write below, at a new address.",
        "The present one is withdrawn at the same moment; its old link then says that it was replaced, and by which.",
        "Links and files that the holder has shared lead to the old one: tell them to share the new one.",
    ),
    "Issue the corrected one",
    reason="What was wrong",
    reason_hint="Optional. Readers of the old one see it, such as: “The name was misspelt.”",
    until_hint="Such as 2027-12-31. Leave it empty for one that does not end.",
)
RENEW = Act(
    "renew",
    "Renew it",
    "For another period, as when somebody has recertified.",
    "Renew this credential",
    (
        "A new credential is signed for the same holder, good from today, at a new address.",
        "It says what the achievement says today.",
        "The present one stays as it is and points to the new one.",
    ),
    "Issue the renewed one",
    until_hint="Such as 2028-12-31. Leave it empty for the achievement’s own period, or as long as before.",
)
SUSPEND = Act(
    "suspend",
    "Put it on hold",
    "While something is looked into. You can end it again.",
    "Put this credential on hold",
    (
        "From the next look on, whoever checks it is told that it is on hold, since when, and your reason.",
        "You can let it stand again at any time.",
        "The holder is not told by Laurel.",
    ),
    "Put it on hold",
    reason="Reason",
    grave=True,
    needed=True,
)
REINSTATE = Act(
    "reinstate",
    "Let it stand again",
    "End the hold.",
    "Let this credential stand again",
    (
        "From the next look on, whoever checks it is told that it is real and stands.",
        "That it was on hold is not shown.",
    ),
    "Let it stand again",
)
REVOKE = Act(
    "revoke",
    "Withdraw it",
    "For good. It cannot be undone.",
    "Withdraw this credential for good",
    (
        "From the next look on, whoever checks it is told that you have withdrawn it, when, and your reason.",
        "This cannot be undone. If it was a mistake, award a new one.",
        "The holder is not told by Laurel.",
    ),
    "Withdraw it for good",
    reason="Reason",
    grave=True,
    needed=True,
)
ACTS: Mapping[str, Act] = {act.key: act for act in (SEND, CORRECT, RENEW, SUSPEND, REINSTATE, REVOKE)}


def offered(record: Record, shown: Shown, now: datetime) -> tuple[Act, ...]:
    """What can be done with ``record`` as it stands: nothing that would be refused."""
    state, replaced = record.standing.state, record.superseded_by is not None
    possible = {
        SEND: shown.email is not None and stands(record, now),
        CORRECT: state is State.ACTIVE and not replaced,
        RENEW: state is State.ACTIVE and not replaced,
        SUSPEND: state is State.ACTIVE and bool(record.entries),
        REINSTATE: state is State.SUSPENDED,
        REVOKE: state is not State.REVOKED and bool(record.entries),
    }
    return tuple(act for act, can in possible.items() if can)


def fresh(services: Services, record: Record, shown: Shown) -> Filled:
    """The form of an act with what the credential says now, and the id that a new one will have: sent twice, it is
    done once."""
    return Filled(
        {
            "name": record.holder_name,
            "email": shown.email or "",
            "valid_until": _day(record.valid_until),
            "new_id": services.issuer_context.public_id(),
        }
    )


def do(services: Services, record: Record, shown: Shown, key: str, form: Filled) -> Done | None:
    """Do it; None when ``form`` has faults, which are noted in it. Raises what is no fault of the form."""
    act = ACTS[key]
    if act.needed and not form.said("reason"):
        form.fault("reason", "Give a reason: whoever checks the credential sees it, and will want to know.")
    if form.said("reason"):
        form.check("reason", status_changes.check_reason)
    if act is CORRECT:
        form.check("name", lambda said: check_name("name", said, 200))
    until = _until(form) if act.until_hint else None
    if form.faults:
        return None
    try:
        return _do(services, record, shown, act, form, until)
    except (Refused, Conflict, TooMany) as error:
        form.fault(FIELDS.get(error.code, ""), error.detail)
        return None


FIELDS = {"bad_email": "email", "email_unknown": "email", "bad_validity": "valid_until"}
"""Which field of a form a refusal is about."""


def _do(services: Services, record: Record, shown: Shown, act: Act, form: Filled, until: datetime | None) -> Done:
    issuer_context, tenant, reason = services.issuer_context, record.issuer_id, form.or_none("reason")
    match act.key:
        case "send":
            resend.send_again(services.delivery_context, tenant, record.id)
            return Done("sent", record.id)
        case "correct":
            changes = _changes(record, form, until, shown.email)
            new = reissue.correct(issuer_context, tenant, record.id, changes, reason, new_id=form.or_none("new_id"))
            return Done("corrected", new.id)
        case "renew":
            new = reissue.renew(issuer_context, tenant, record.id, until, new_id=form.or_none("new_id"))
            return Done("renewed", new.id)
        case "suspend":
            changed = status_changes.suspend(issuer_context, tenant, record.id, reason).changed
            return Done("suspended" if changed else "unchanged", record.id)
        case "reinstate":
            changed = status_changes.reinstate(issuer_context, tenant, record.id).changed
            return Done("reinstated" if changed else "unchanged", record.id)
        case _:
            changed = status_changes.revoke(issuer_context, tenant, record.id, reason).changed
            return Done("revoked" if changed else "unchanged", record.id)


def _until(form: Filled) -> datetime | None:
    """The end that ``form`` gives, None when it gives none; a fault when it is no date."""
    if not form.said("valid_until"):
        return None
    try:
        return timestamps.end(form.said("valid_until"))
    except Malformed:
        form.fault("valid_until", "Write the year first: 2027-12-31.")
        return None


def _changes(record: Record, form: Filled, until: datetime | None, email: str | None) -> Changes:
    """What ``form`` says otherwise than ``record``, which was for ``email``; an emptied field takes it away."""
    name, sought = form.said("name"), form.said("email").lower()
    return Changes(
        name=name if name != record.holder_name else AS_IT_WAS,
        email=(sought or None) if sought != (email or "") else AS_IT_WAS,
        valid_until=until if form.said("valid_until") != _day(record.valid_until) else AS_IT_WAS,
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
