"""Check watches: after a change to a hosted credential or issuer, on a date, and daily for external credentials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chalicelib.analytics.limit_counters import LimitCounters
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.credential import dates
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.reports.hosted import HostedReports
from chalicelib.reports.submitted import SubmittedReport
from chalicelib.tasks.task_queue import Task
from chalicelib.tasks.worker import jittered
from chalicelib.verifiers.batch.checking import BatchReports
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.watches import verdicts
from chalicelib.verifiers.watches.creating import MAX_ELSEWHERE
from chalicelib.verifiers.watches.verdicts import Answer
from chalicelib.verifiers.watches.waking import Send, Wake, WakeSubject
from chalicelib.verifiers.watches.watch import State, Watch, WatchName, WatchPage, WatchStore, check_task
from chalicelib.verify.members import string
from chalicelib.verify.report import Report, Verdict

INTERVAL = timedelta(hours=24)
"""How often external credentials are checked."""
PER_DAY = 5_000
"""Maximum checks of external credentials per UTC day, for all verifiers: at ten seconds each, with 1 GB, they cost
less than a dollar (AWS Lambda pricing). Further checks wait until the next day."""
PER_VERIFIER = 2 * MAX_ELSEWHERE
"""Maximum checks of one verifier: each of its watches once, and as many new ones. Without it, a verifier that deletes
its watches and creates them again would use up the checks, and the concurrent calls, of all."""
SECONDS = 10.0
"""Time limit for fetching an external credential: the same as for a visitor's verification."""
PAGE = 25
"""Maximum watches that are checked together: as many items as one read can have."""
RUN_SECONDS = 40.0
"""Seconds after which a call starts no further page of watches and sends a message to continue."""
MAX_ATTEMPTS = 8
"""Maximum attempts per watch. Each retry means that the watch or its credential changed at the same time."""
AT_ONCE = 10
"""Maximum deliveries that one verifier gets immediately for one change. The others follow within minutes, so that a
slow callback does not delay other verifiers."""
MOMENT = timedelta(seconds=1)
"""Delay of the check after `valid_until`, which is itself still within the validity period."""
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Credentials that are valid until then or later are never checked for expiry: the check would overflow."""
_OVER = timedelta(hours=1)
"""How long a check waits when the daily budget is used up, before it tries again."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Dependencies for checking watches."""

    store: WatchStore
    hosted_reports: HostedReports
    batch_reports: BatchReports
    counters: LimitCounters
    wake: Send
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]


def changed(context: CheckContext, wake: Wake) -> None:
    """Check the watches of a changed hosted credential or issuer, page by page. Sends a message to continue when the
    time is up. Raises `Unavailable`."""
    pages: Callable[[str, str | None, int], WatchPage] = (
        context.store.of_credential if wake.about is WakeSubject.CREDENTIAL else context.store.of_issuer
    )
    ends, after = context.clock() + timedelta(seconds=RUN_SECONDS), wake.after
    sent: dict[str, int] = {}
    while True:
        page = pages(wake.subject, after, PAGE)
        _check_hosted(context, page.names, sent)
        after = page.following
        if after is None:
            return
        if context.clock() >= ends:
            context.wake([replace(wake, after=after)])
            return


def handle(context: CheckContext, task: Task) -> None:
    """Check the watch in ``task``, unless it has a later task. Raises `Unavailable`."""
    check_if_due(context, task.issuer_id, task.subject, task.due)


def check_if_due(context: CheckContext, verifier_id: str, watch_id: str, now: datetime) -> None:
    """Check a watch if it is due at ``now``. Raises `Unavailable`."""
    watch = _find(context, WatchName(verifier_id, watch_id))
    if watch is not None and watch.next_check is not None and watch.next_check <= now:
        check(context, watch)


def check(context: CheckContext, watch: Watch) -> None:
    """Check one watch. Raises `Unavailable`."""
    if watch.disabled is not None:
        return
    if watch.is_hosted:
        _check_hosted(context, [WatchName(watch.verifier_id, watch.id)], {})
    else:
        _check_external(context, watch)


def _check_hosted(context: CheckContext, names: Sequence[WatchName], sent: dict[str, int]) -> None:
    """Check watches of hosted credentials, at most `PAGE`. ``sent`` counts the deliveries that were sent at once, by
    verifier.

    After storing a new verdict, it verifies the credential again: the credential may have changed between verification
    and write, and the check for that change may have seen the old verdict. It stops once a verification changes
    nothing.
    """
    for _ in range(MAX_ATTEMPTS):
        watches = [one for one in context.store.watches(names) if one.disabled is None]
        answers = _hosted_answers(context, sorted({one.credential_id for one in watches if one.credential_id}))
        names = [
            WatchName(one.verifier_id, one.id)
            for one in watches
            if not _is_settled(context, one, answers[one.credential_id or ""], sent)
        ]
        if not names:
            return
    raise Unavailable("A credential is being changed too often.", code="storage_busy")


def _is_settled(context: CheckContext, watch: Watch, answer: Answer, sent: dict[str, int]) -> bool:
    """Store the verdict if it is new. Returns True if it was not."""
    after = verdicts.after_answer(watch, answer, answer.changes_at)
    if after is watch:
        return True
    _store(context, watch, after, sent)
    return False


def _hosted_answers(context: CheckContext, credential_ids: Sequence[str]) -> dict[str, Answer]:
    opened = {one.record.id: one for one in context.hosted_reports.open_many(credential_ids)}
    found = {}
    for one in credential_ids:
        if one in opened:
            answer = verdicts.of_report(opened[one].report, _changes_at(opened[one].report))
            # A hosted credential depends on no other host, so a later check would not find out more.
            found[one] = replace(answer, verdict=answer.verdict or Verdict.UNKNOWN)
        else:
            found[one] = _missing(context, one)
    return found


def _missing(context: CheckContext, credential_id: str) -> Answer:
    """The answer for a hosted credential without a report: it can no longer be shown to be valid."""
    try:
        context.hosted_reports.shown_record(credential_id)
    except NotFound as error:
        return Answer(Verdict.UNKNOWN, (error.code,), context.clock())
    raise Unavailable("The credential was restored at the same time.")


def _changes_at(report: Report) -> datetime | None:
    """When a date in the credential will change its verdict; None if none will."""
    if report.verdict not in (Verdict.VALID, Verdict.NOT_YET_VALID):
        return None
    view = report.credential or {}
    starts, ends = (string(view.get(name)) for name in ("valid_from", "valid_until"))
    times = [dates.parse(starts)] if starts else []
    if ends and (last := dates.parse(ends)) < _NEVER:
        times.append(last + MOMENT)
    return min((at for at in times if at > report.checked_at), default=None)


def _check_external(context: CheckContext, watch: Watch) -> None:
    now, found = context.clock(), None
    if _count(context, watch.verifier_id, now):
        found = _external_answer(context, watch.url)
        # Spread out the checks of watches that were created together.
        next_check = now + INTERVAL - jittered(INTERVAL / 24, context.entropy)
    else:
        next_check = now + _OVER
    current: Watch | None = watch
    for _ in range(MAX_ATTEMPTS):
        if current is None or current.disabled is not None:
            return
        after = _postponed(current, next_check) if found is None else verdicts.after_answer(current, found, next_check)
        if _store(context, current, after, {}):
            return
        current = _find(context, WatchName(watch.verifier_id, watch.id))
    raise Unavailable("A watch is being changed too often.", code="storage_busy")


def _postponed(watch: Watch, next_check: datetime) -> Watch:
    return replace(watch, next_check=next_check, version=watch.version + 1)


def _external_answer(context: CheckContext, url: str) -> Answer:
    batch = context.batch_reports.start(1, SECONDS)
    item = Item("watch", url.encode("utf-8"), is_link=True)
    try:
        [checked] = batch.check([item])
    except Unavailable as error:
        return Answer(None, (error.code,), context.clock())
    if isinstance(checked.result, SubmittedReport):
        return verdicts.of_report(checked.result.report)
    return Answer(None, (checked.result.code,), context.clock())


def _count(context: CheckContext, verifier_id: str, now: datetime) -> bool:
    """Count a check of a credential elsewhere; False if its verifier, or all together, have had those of the day."""
    day, midnight = now.astimezone(UTC).date(), dates.next_day(now)
    own = f"elsewhere {verifier_id} {day}"
    if not context.counters.add(own, 1, PER_VERIFIER, midnight):
        return False
    if context.counters.add(f"elsewhere {day}", 1, PER_DAY, midnight):
        return True
    context.counters.give_back(own, 1)
    return False


def _store(context: CheckContext, watch: Watch, after: Watch, sent: dict[str, int]) -> bool:
    """Store a watch after a check, with its event. Returns False if it was changed or deleted in the meantime."""
    now = context.clock()
    delivery = verdicts.event(watch, after, ulid(now, context.entropy(ENTROPY_BYTES)), now)
    tasks = check_task(after) if after.next_check != watch.next_check else []
    try:
        context.store.replace(after, tasks, delivery)
    except Conflict:
        return False
    if delivery is not None and delivery.state is State.WAITING and sent.get(watch.verifier_id, 0) < AT_ONCE:
        sent[watch.verifier_id] = sent.get(watch.verifier_id, 0) + 1
        context.wake([Wake(WakeSubject.DELIVERY, f"{watch.id}.{delivery.id}", watch.verifier_id)])
    return True


def _find(context: CheckContext, name: WatchName) -> Watch | None:
    found = context.store.watches([name])
    return found[0] if found else None
