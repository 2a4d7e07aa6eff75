"""Actions on an issued credential. Each is explained on its own page before it is performed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.access.rate_limits import TooMany
from chalicelib.award.input import timestamps
from chalicelib.award.input.text_rules import check_name
from chalicelib.award.issuing import reissue, status_changes
from chalicelib.award.issuing.reissue import UNCHANGED, Changes
from chalicelib.credential import email_address
from chalicelib.credential.record import Record, State
from chalicelib.delivery import resend
from chalicelib.delivery.handlers import is_current
from chalicelib.errors import Conflict, Malformed, Refused
from chalicelib.http.console.credentials.credential_text import CredentialDetails
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.core.ports import Services


@dataclass(frozen=True, slots=True)
class CredentialAction:
    """An action and the text of its page."""

    key: str
    """Last segment of the page's URL."""
    link: str
    line: str
    title: str
    consequences: tuple[str, ...]
    button: str
    reason: str = ""
    """Label of the reason field; empty when the action takes no reason."""
    reason_hint: str = "Shown on the credential’s public page. Do not include private information."
    until_hint: str = ""
    grave: bool = False
    reason_required: bool = False
    """Whether a reason is required."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """Result of an action: the key of its banner and the credential to show next."""

    banner: str
    credential_id: str


SEND = CredentialAction(
    "send",
    "Resend email",
    "The holder gets a new link to the credential.",
    "Resend email",
    (
        "The holder gets the email, with a new link, within a few minutes.",
        "The credential does not change.",
    ),
    "Resend email",
)
CORRECT = CredentialAction(
    "correct",
    "Correct credential",
    "Fix a misspelt name, a wrong address or a wrong date.",
    "Correct this credential",
    (
        "A new credential is issued with the details below, at a new URL.",
        "The current credential is revoked at the same time. Its page then links to the new one.",
        "Links and files that the holder has shared still lead to the old credential. Ask them to share the new one.",
        (
            "If the email address stays the same, the holder is emailed about the correction. If you change it, the "
            "new address gets the ordinary email about a new credential, which does not mention the correction, and "
            "the old address gets no email. If you chose not to email the holder when you issued the credential, no "
            "email is sent."
        ),
    ),
    "Issue corrected credential",
    reason="Reason for the correction",
    reason_hint="Optional. Shown on the old credential’s page, for example “The name was misspelt.”",
    until_hint="Leave blank if it never expires.",
)
RENEW = CredentialAction(
    "renew",
    "Renew credential",
    "Issue it for another period, for example after recertification.",
    "Renew this credential",
    (
        "A new credential is issued to the same holder, valid from today, at a new URL.",
        "It uses the current version of the achievement.",
        "The current credential does not change and links to the new one.",
        "The holder is emailed about it, unless you chose not to email them when you issued the credential.",
    ),
    "Issue renewed credential",
    until_hint=("Leave blank to use the achievement’s validity period or, if it has none, the same length as before."),
)
SUSPEND = CredentialAction(
    "suspend",
    "Suspend credential",
    "Temporarily, for example while you investigate. You can reinstate it.",
    "Suspend this credential",
    (
        "From now on, everyone who checks it sees that it is suspended, the date it was suspended and your reason.",
        "You can reinstate it at any time.",
        (
            "The holder is emailed if Laurel has emailed them about this credential before. The email "
            "links to a page with your reason."
        ),
    ),
    "Suspend credential",
    reason="Reason",
    grave=True,
    reason_required=True,
)
REINSTATE = CredentialAction(
    "reinstate",
    "Reinstate credential",
    "End the suspension.",
    "Reinstate this credential",
    (
        "Everyone who checks it sees immediately that it is genuine and valid.",
        "The suspension is no longer shown.",
        "The holder is emailed if Laurel emailed them about the suspension.",
    ),
    "Reinstate credential",
)
REVOKE = CredentialAction(
    "revoke",
    "Revoke credential",
    "Permanently. You cannot undo this.",
    "Revoke this credential",
    (
        "From now on, everyone who checks it sees that you revoked it, the date you revoked it and your reason.",
        "You cannot undo this. If you revoke it by mistake, issue a new credential.",
        (
            "The holder is emailed if Laurel has emailed them about this credential before. The email "
            "links to a page with your reason."
        ),
    ),
    "Revoke credential",
    reason="Reason",
    grave=True,
    reason_required=True,
)
ACTIONS: Mapping[str, CredentialAction] = {
    action.key: action for action in (SEND, CORRECT, RENEW, SUSPEND, REINSTATE, REVOKE)
}


def offered(record: Record, details: CredentialDetails, now: datetime) -> tuple[CredentialAction, ...]:
    """Return the actions that the current state of ``record`` allows."""
    state, replaced = record.status.state, record.superseded_by is not None
    possible = {
        SEND: details.email is not None and is_current(record, now),
        CORRECT: state is State.ACTIVE and not replaced,
        RENEW: state is State.ACTIVE and not replaced,
        SUSPEND: state is State.ACTIVE and bool(record.entries),
        REINSTATE: state is State.SUSPENDED,
        REVOKE: state is not State.REVOKED and bool(record.entries),
    }
    return tuple(action for action, can in possible.items() if can)


_RESULTS = {SUSPEND.key: State.SUSPENDED, REINSTATE.key: State.ACTIVE, REVOKE.key: State.REVOKED}


def has_result(record: Record, key: str) -> bool:
    """Return whether ``record`` already has the status that the action ``key`` sets."""
    return _RESULTS.get(key) is record.status.state


def fresh(services: Services, record: Record, details: CredentialDetails) -> FormState:
    """Fill an action's form from the credential. It contains the id of a possible new credential, so that submitting it
    twice issues only one."""
    return FormState(
        {
            "name": record.holder_name,
            "email": details.email or "",
            "valid_from": _day(details.starts),
            "valid_until": _day(record.valid_until),
            "new_id": services.issuer_context.public_id(),
        }
    )


def do(
    services: Services, record: Record, details: CredentialDetails, key: str, form: FormState
) -> ActionResult | None:
    """Perform the action ``key``. Record errors of the input in ``form`` and return None; other errors are raised."""
    action = ACTIONS[key]
    if action.reason_required and not form.text("reason"):
        form.add_error("reason", "Enter a reason. Everyone who checks the credential sees it.")
    if form.text("reason"):
        form.check("reason", status_changes.check_reason)
    if action is CORRECT:
        form.check("name", lambda value: check_name("name", value, 200))
    until = _date(form, "valid_until", timestamps.end) if action.until_hint else None
    starts = _date(form, "valid_from", timestamps.start) if action is CORRECT else None
    if form.errors:
        return None
    try:
        return _do(services, record, details, action, form, (starts, until))
    except (Refused, Conflict, TooMany) as error:
        form.add_error(FIELDS.get(error.code, ""), error.detail)
        return None


FIELDS = {"bad_email": "email", "email_unknown": "email", "bad_validity": "valid_until"}
"""Form field that an error code belongs to."""


def _do(
    services: Services,
    record: Record,
    details: CredentialDetails,
    action: CredentialAction,
    form: FormState,
    validity: tuple[datetime | None, datetime | None],
) -> ActionResult:
    issuer_context, tenant, reason = services.issuer_context, record.issuer_id, form.or_none("reason")
    until = validity[1]
    match action.key:
        case "send":
            resend.resend_email(services.delivery_context, tenant, record.id)
            return ActionResult("sent", record.id)
        case "correct":
            changes = _changes(record, details, form, validity)
            new = reissue.correct(issuer_context, tenant, record.id, changes, reason, new_id=form.or_none("new_id"))
            return ActionResult("corrected", new.id)
        case "renew":
            new = reissue.renew(issuer_context, tenant, record.id, until, new_id=form.or_none("new_id"))
            return ActionResult("renewed", new.id)
        case "suspend":
            changed = status_changes.suspend(issuer_context, tenant, record.id, reason).changed
            return ActionResult("suspended" if changed else "unchanged", record.id)
        case "reinstate":
            changed = status_changes.reinstate(issuer_context, tenant, record.id).changed
            return ActionResult("reinstated" if changed else "unchanged", record.id)
        case _:
            changed = status_changes.revoke(issuer_context, tenant, record.id, reason).changed
            return ActionResult("revoked" if changed else "unchanged", record.id)


def _date(form: FormState, name: str, parse: Callable[[str], datetime]) -> datetime | None:
    """Parse the date in the field ``name``, None when empty. Record an error when it is not a date."""
    if not form.text(name):
        return None
    try:
        return parse(form.text(name))
    except Malformed:
        form.add_error(name, "Enter a date such as 2027-12-31.")
        return None


def _changes(
    record: Record,
    details: CredentialDetails,
    form: FormState,
    validity: tuple[datetime | None, datetime | None],
) -> Changes:
    """Return the fields of ``form`` that differ from ``record`` and its ``details``. An emptied field is removed; an
    emptied start stays as it was, because a credential needs one."""
    name, typed, email = form.text("name"), email_address.normalize(form.text("email")), details.email
    starts, until = validity
    return Changes(
        name=name if name != record.holder_name else UNCHANGED,
        email=(typed or None) if typed != (email or "") else UNCHANGED,
        valid_from=starts if starts and form.text("valid_from") != _day(details.starts) else UNCHANGED,
        valid_until=until if form.text("valid_until") != _day(record.valid_until) else UNCHANGED,
    )


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""
