"""Carry out the erasures that are due.

First the credentials, the profile and the mailbox are deleted by their keys, each after its tombstone. What they leave
behind has no key of the person: events, counts, sent emails, uploads. So, after an hour in which everything that was
running has ended, all tables are searched, again and again until a pass finds nothing. Then the erasure is forgotten.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.award.issuing.search import Place
from chalicelib.erasure.erasure import Erasure, ErasureTarget, State, Sweep
from chalicelib.erasure.requests import ErasureContext
from chalicelib.errors import Conflict, NotFound, Unavailable

SETTLE = timedelta(hours=1)
"""How long after the deletion of the credentials the search begins: no request, task or run of the counting takes
longer than 15 minutes, so none of them can store a trace in a part that was already searched."""
SWEEP_EVERY = timedelta(hours=20)
"""Between the starts of two sweeps. Each reads all tables, and serves all erasures that are ready for it, so that a
hundred erasures a day cost no more than one."""
MAX_TARGETS = 100
"""Maximum erasures of one sweep, so that searching an item stays fast. Others wait for the next one."""
LATE = timedelta(days=5)
"""After this time, an unfinished erasure raises an alarm: it should take two days, and the law allows a month."""
_PAGE = 50


@dataclass(slots=True)
class ErasureRun:
    """What a run did."""

    deleted: int = 0
    """Credentials."""
    swept: int = 0
    """Items with other traces."""
    done: int = 0
    """Erasures that are finished."""
    waiting: int = 0
    """Erasures that are due or begun, and not finished."""


def run(context: ErasureContext, until: datetime, settle: timedelta = SETTLE) -> ErasureRun:
    """Carry out what is due, until the time is ``until``. Safe to repeat after any interruption.

    Raises `Unavailable`, also at the end if an erasure is `LATE`.
    """
    result = ErasureRun()
    for erasure in list(context.store.erasures()):
        if _now(context) >= until:
            break
        begun = _begun(context, erasure)
        if begun.state is State.ERASING:
            _delete(context, begun, result)
            context.store.replace(replace(begun, state=State.SWEEPING, changed_at=_now(context)))
    _sweep(context, until, settle, result)
    unfinished = [one for one in context.store.erasures() if one.due <= _now(context)]
    if any(one.due + LATE <= _now(context) for one in unfinished):
        raise Unavailable(f"{len(unfinished)} erasures are not finished.", code="erasure_late")
    result.waiting = len(unfinished)
    return result


def _now(context: ErasureContext) -> datetime:
    return context.delivery_context.now()


def _begun(context: ErasureContext, erasure: Erasure) -> Erasure:
    """The erasure in its next state, if it is due. One that is cancelled at this moment stays as it was read."""
    if erasure.state is not State.WAITING or erasure.due > _now(context):
        return erasure
    with suppress(Conflict):
        return context.store.replace(replace(erasure, state=State.ERASING, changed_at=_now(context)))
    return erasure


def _delete(context: ErasureContext, erasure: Erasure, result: ErasureRun) -> None:
    archive, email = context.delivery_context.archive, erasure.email
    if erasure.credential_id is not None:
        _delete_credential(context, erasure, erasure.credential_id, None, result)
    elif erasure.issuer_id is not None and email is not None:
        _delete_holdings(context, erasure, erasure.issuer_id, email, result)
    else:
        while email is not None and (issuers := archive.holder_issuers(email, None, _PAGE)):
            for issuer_id in issuers:
                _delete_holdings(context, erasure, issuer_id, email, result)
        _delete_profile(context, erasure)
        context.store.delete_mailbox(erasure.subject, _now(context))


def _delete_holdings(context: ErasureContext, erasure: Erasure, issuer_id: str, email: str, result: ErasureRun) -> None:
    while places := context.delivery_context.archive.holdings(issuer_id, email, None, _PAGE):
        for place in places:
            if not _delete_credential(context, erasure, place.credential_id, email, result):
                _delete_pointers(context, email, issuer_id, place)


def _delete_credential(
    context: ErasureContext, erasure: Erasure, credential_id: str, email: str | None, result: ErasureRun
) -> bool:
    try:
        record = context.delivery_context.archive.record(credential_id)
    except NotFound:
        return False
    context.store.delete_credential(erasure, record, email, _now(context))
    result.deleted += 1
    return True


def _delete_pointers(context: ErasureContext, email: str, issuer_id: str, place: Place) -> None:
    context.store.delete_pointers(email, issuer_id, place.credential_id, place.issued_at)


def _delete_profile(context: ErasureContext, erasure: Erasure) -> None:
    profile = context.profiles.profile(erasure.subject)
    if profile is not None:
        context.store.add_profile_tombstone(erasure, profile, _now(context))
        context.profiles.unhide(profile.holder_id)
        context.profiles.delete(replace(profile, changed_at=_now(context)))
    context.profiles.unhide(erasure.subject)


def _sweep(context: ErasureContext, until: datetime, settle: timedelta, result: ErasureRun) -> None:
    sweep = _current(context, settle)
    while sweep is not None and _now(context) < until:
        if not sweep.position:
            # Also delete anything issued or published since: a partial erasure would be worse.
            for target in _targets(context, sweep, settle):
                _delete(context, target.erasure, result)
        targets = _targets(context, sweep, settle)
        if not targets:
            return
        sweep, is_over = _pass(context, sweep, targets, until, result)
        if not is_over:
            return
        if sweep.changed == 0:
            context.store.save_sweep(replace(sweep, position=""))  # if this is interrupted, others start a whole pass
            for target in targets:
                context.store.finish(target.erasure)
                result.done += 1
            return
        sweep = replace(sweep, position="", changed=0)
        context.store.save_sweep(sweep)


def _current(context: ErasureContext, settle: timedelta) -> Sweep | None:
    """The sweep to continue, or a new one; None if it is too early for one."""
    last, now = context.store.current_sweep(), _now(context)
    if last is not None and _targets(context, last, settle):
        return last
    if last is not None and settle and now < last.started_at + SWEEP_EVERY:
        return None
    return Sweep(now)


def _targets(context: ErasureContext, sweep: Sweep, settle: timedelta) -> list[ErasureTarget]:
    ready = [
        one
        for one in context.store.erasures()
        if one.state is State.SWEEPING and one.changed_at is not None and one.changed_at + settle <= sweep.started_at
    ]
    ready.sort(key=lambda one: (one.requested_at, one.subject, one.issuer_id or ""))
    return [ErasureTarget(one, context.store.ids(one)) for one in ready[:MAX_TARGETS]]


def _pass(
    context: ErasureContext, sweep: Sweep, targets: list[ErasureTarget], until: datetime, result: ErasureRun
) -> tuple[Sweep, bool]:
    """Continue the current pass, and return its position and whether it is over."""
    for after in context.store.sweep(sweep, targets):
        result.swept += after.changed - sweep.changed
        sweep = after
        if not sweep.position:
            return sweep, True
        context.store.save_sweep(sweep)
        if _now(context) >= until:
            break
    return sweep, False
