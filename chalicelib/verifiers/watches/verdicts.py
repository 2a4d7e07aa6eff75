"""The result of a check, and whether the verdict has changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.credential import dates
from chalicelib.verifiers.watches.watch import CHANGED, TEST, Delivery, State, Watch
from chalicelib.verify.report import CORE, Outcome, Report, Verdict

MAX_UNANSWERED = 3
"""Consecutive checks of an external credential without an answer after which its verdict is unknown: three days. An
overnight outage must not change the verdict, but a host that stays down must not leave an outdated one."""
NET = timedelta(minutes=1)
"""When a new delivery is due, in case the message that would send it immediately is lost."""
_DECIDING = frozenset({*CORE, "dates", "status"})
"""The checks that determine the verdict (`report.verdict_of`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a check. ``verdict`` is None without an answer, for example because a host did not respond."""

    verdict: Verdict | None
    codes: tuple[str, ...]
    at: datetime
    changes_at: datetime | None = None
    """When the verdict will change merely because time passes."""


def of_report(report: Report, changes_at: datetime | None = None) -> Answer:
    """The answer in ``report``. A verdict that is unknown for a temporary reason is no answer."""
    deciding = [one for one in report.findings if one.check in _DECIDING]
    open_ = [one for one in deciding if one.outcome in (Outcome.FAILED, Outcome.UNKNOWN)]
    codes = tuple(dict.fromkeys(one.code for one in open_))
    is_temporary = report.verdict is Verdict.UNKNOWN and any(one.temporary for one in open_)
    return Answer(None if is_temporary else report.verdict, codes, report.checked_at, changes_at)


def after_answer(watch: Watch, answer: Answer, next_check: datetime | None) -> Watch:
    """``watch`` after a check, in its next version; the same object if nothing has changed."""
    after = _settled(watch, answer)
    after = replace(after, next_check=next_check, checked=watch.checked if watch.is_hosted else answer.at)
    return watch if after == watch else replace(after, version=watch.version + 1)


def _settled(watch: Watch, answer: Answer) -> Watch:
    verdict, unanswered = answer.verdict, 0
    if verdict is None:
        unanswered = watch.unanswered + 1
        # The first check has no verdict to keep, and after too many checks the stored one would be outdated.
        if watch.verdict is not None and unanswered < MAX_UNANSWERED:
            return replace(watch, unanswered=unanswered)
        verdict = Verdict.UNKNOWN
    if verdict is watch.verdict:
        return replace(watch, unanswered=unanswered)
    changes = watch.changes if watch.verdict is None else watch.changes + 1
    return replace(watch, verdict=verdict, codes=answer.codes, since=answer.at, changes=changes, unanswered=unanswered)


def event(before: Watch, after: Watch, event_id: str, now: datetime) -> Delivery | None:
    """The event for the change from ``before`` to ``after``. None if the verdict is the same or the first one, or if
    the watch is disabled."""
    if after.changes == before.changes or after.disabled is not None:
        return None
    data = {
        **_about(after, event_id),
        "change": after.changes,
        "before": before.verdict,
        "after": after.verdict,
        "codes": list(after.codes),
        "found_at": dates.write(after.since or now),
    }
    return _delivery(after, event_id, CHANGED, data, now, now + NET)


def test_event(watch: Watch, event_id: str, now: datetime) -> Delivery:
    """A test event for the callback."""
    data = {**_about(watch, event_id), "verdict": watch.verdict}
    return _delivery(watch, event_id, TEST, data, now, now + NET)


def _about(watch: Watch, event_id: str) -> dict[str, object]:
    return {
        "id": event_id,
        "watch": watch.id,
        "ref": watch.ref,
        "credential": {"id": watch.credential_id, "url": watch.url},
    }


def _delivery(
    watch: Watch, event_id: str, type_: str, data: dict[str, object], now: datetime, due: datetime
) -> Delivery:
    """Structured as in Standard Webhooks ("Payload structure")."""
    document = {"type": type_, "timestamp": dates.write(now), "data": data}
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    state = State.EMAILED if watch.callback is None else State.WAITING
    return Delivery(event_id, watch.verifier_id, watch.id, watch.owner, type_, body, now, due, state)
