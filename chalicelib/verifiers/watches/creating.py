"""Create a watch of a credential, or of the credential that a receipt is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.analytics.limit_counters import LimitCounters
from chalicelib.award.webhooks import signature
from chalicelib.award.webhooks.webhook import Secret
from chalicelib.credential import dates
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.delivery import mailbox
from chalicelib.errors import NotFound, Refused, Unavailable
from chalicelib.receipts import jws
from chalicelib.receipts.receipt import Json, Receipt, receipt_url
from chalicelib.reports.hosted import HostedReports
from chalicelib.verifiers.verifier import Verifier
from chalicelib.verifiers.watches import verdicts
from chalicelib.verifiers.watches.waking import Send, Wake, WakeSubject
from chalicelib.verifiers.watches.watch import Watch, WatchStore, check_task
from chalicelib.verify.members import as_object, string
from chalicelib.verify.report import Verdict

MAX_WATCHES = 2_000
"""Maximum watches per verifier. When an issuer changes a key, Laurel checks all of its watched credentials, which takes
a minute for this many."""
MAX_ELSEWHERE = 200
"""Maximum watches of external credentials per verifier. Each costs a fetch every day (`checking.PER_DAY`)."""
MAX_LINK = 2_048
"""Maximum characters of a link or callback, as in a batch."""
ALL, ELSEWHERE = "all", "elsewhere"
"""Counters per verifier."""
_PAGE = 100
_COUNTED = timedelta(days=3_650)
"""How long the counters are kept after they last grew: practically forever."""


@dataclass(frozen=True, slots=True)
class WatchContext:
    """Dependencies for a verifier's actions. ``check_url`` raises `Unavailable` with the reason why the guarded
    fetcher never opens a URL; ``hosted_id`` returns the id of the hosted credential at a URL, None for a URL elsewhere,
    and raises `NotFound` for another page of Laurel's; ``verifier`` raises `NotFound`."""

    store: WatchStore
    verifier: Callable[[str], Verifier]
    hosted_reports: HostedReports
    receipt: Callable[[str], Receipt]
    hosted_id: Callable[[str], str | None]
    check_url: Callable[[str], object]
    counters: LimitCounters
    wake: Send
    base_url: str
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class WatchDraft:
    """A request to create a watch, with either ``credential`` or ``receipt``, each an id or a link."""

    callback: str | None
    credential: str | None = None
    receipt: str | None = None
    ref: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class WatchWithSecret:
    """A watch and its newest secret in plain text, which is shown once."""

    watch: Watch
    secret: str


@dataclass(frozen=True, slots=True)
class _Target:
    """What to watch, and the verdict that the caller already knows."""

    url: str
    credential_id: str | None
    verdict: Verdict | None = None
    since: datetime | None = None


def create(context: WatchContext, verifier_id: str, watch_id: str, draft: WatchDraft) -> WatchWithSecret:
    """Create a watch, or return the one with this id.

    Raises `NotFound` (also `TakenDown` and `Erased`) for a hosted credential or a receipt, `Refused` (`url_refused`,
    `email_not_confirmed`, `not_watchable`, `too_many_watches`), `Unavailable`.
    """
    address = context.verifier(verifier_id).email
    owner = mailbox.digest(address)
    if draft.callback is not None:
        _check_url(context, draft.callback)
    if draft.email is not None and mailbox.digest(draft.email) != owner:
        detail = "Laurel can email only the address that the account owner signs in with, because it is confirmed."
        raise Refused(detail, code="email_not_confirmed")
    target = _target(context, draft)
    now = context.clock()
    secret = Secret(context.entropy(signature.SECRET_BYTES), now)
    watch = Watch(
        watch_id, verifier_id, owner, target.url, target.credential_id, None, draft.callback, draft.ref, (secret,), now,
        # Not as it was sent: other spellings have the same digest, also with a line break or a Kelvin sign.
        target.verdict, since=target.since, next_check=now, email=None if draft.email is None else address,
    )  # fmt: skip
    if target.credential_id is not None:
        watch = _known(context, watch, target.credential_id)
    _take(context, watch)
    added = context.store.add(watch, check_task(watch))
    if added != watch:
        _give_back(context, watch)
    try:
        context.verifier(verifier_id)  # the account may have been deleted in the meantime
    except NotFound:
        remove(context, added)
        raise
    context.wake([Wake(WakeSubject.WATCH, added.id, verifier_id)])
    return WatchWithSecret(added, signature.write_secret(added.secrets[0].value))


def remove(context: WatchContext, watch: Watch) -> None:
    """Delete a watch. Raises `Unavailable`."""
    if context.store.remove(watch):
        _give_back(context, watch)


def _target(context: WatchContext, draft: WatchDraft) -> _Target:
    if draft.receipt is not None:
        return _of_receipt(context, draft.receipt)
    sent = draft.credential or ""
    return _hosted(context, sent) if PUBLIC_ID.fullmatch(sent) else _at(context, sent)


def _at(context: WatchContext, url: str) -> _Target:
    hosted = context.hosted_id(url)
    if hosted is not None:
        return _hosted(context, hosted)
    if f"{url.lower()}/".startswith(f"{context.base_url}/"):
        raise Refused(
            "This page has no credential. Send the link to the credential, which contains /c/.", code="not_watchable"
        )
    _check_url(context, url)
    return _Target(url, None)


def _hosted(context: WatchContext, credential_id: str) -> _Target:
    return _Target(credential_url(context.base_url, credential_id), credential_id)


def _of_receipt(context: WatchContext, sent: str) -> _Target:
    """What a receipt is about, with its verdict, so that a change since then is an event."""
    receipt = context.receipt(sent.removeprefix(receipt_url(context.base_url, "")))
    if receipt.readable is None:
        raise Refused("The credential that this receipt is about has been erased.", code="not_watchable")
    target = _named_by(context, receipt.readable)
    claims = jws.claims_of(receipt.jws)
    if any(claims["policy"].values()):
        return target  # its verdict is also about the holder or the presentation
    return replace(target, verdict=Verdict(claims["verdict"]), since=dates.parse(claims["checked_at"]))


def _named_by(context: WatchContext, readable: Json) -> _Target:
    named = string(as_object(readable.get("credential")).get("id")) or ""
    with suppress(NotFound):
        hosted = context.hosted_id(named)  # of a copy of a hosted credential
        if hosted is not None:
            return _hosted(context, hosted)
    url = string(readable.get("page")) or string(readable.get("url"))
    if url is None:
        raise Refused(
            "This receipt is about a file, which cannot change. Watch the link to the credential instead.",
            code="not_watchable",
        )
    return _at(context, url)


def _known(context: WatchContext, watch: Watch, credential_id: str) -> Watch:
    """``watch`` with the issuer and the verdict of a hosted credential, so that a revocation a moment later is an
    event. Raises `NotFound`."""
    reports = context.hosted_reports.open_many([credential_id])
    if not reports:
        context.hosted_reports.shown_record(credential_id)
        raise Unavailable("The credential was restored at the same time.")
    opened = reports[0]
    found = replace(watch, issuer_id=opened.record.issuer_id)
    if watch.verdict is not None:
        return found
    answer = verdicts.of_report(opened.report)
    verdict = answer.verdict or Verdict.UNKNOWN
    return replace(found, verdict=verdict, codes=answer.codes, since=answer.at)


def _check_url(context: WatchContext, url: str) -> None:
    if len(url) > MAX_LINK:
        raise Refused(f"A link can have up to {MAX_LINK:,} characters.", code="url_refused")
    try:
        context.check_url(url)
    except Unavailable as error:
        raise Refused(error.detail, code="url_refused") from error


def _take(context: WatchContext, watch: Watch) -> None:
    """Count a watch. Raises `Refused` (`too_many_watches`), `Unavailable`."""
    full = _counted_in(context, watch)
    if full is not None and _recount(context, watch.verifier_id):
        full = _counted_in(context, watch)
    if full is not None:
        detail = f"You have reached the limit of {full}. Delete one first."
        raise Refused(detail, code="too_many_watches")


def _counted_in(context: WatchContext, watch: Watch) -> str | None:
    """Count a watch and return None, or return the limit that it would exceed."""
    expires = context.clock() + _COUNTED
    for number, (name, limit) in enumerate(_counts(watch)):
        if not context.counters.add(name, 1, limit, expires):
            for taken, _ in _counts(watch)[:number]:
                context.counters.give_back(taken, 1)
            return f"{limit:,} watches" if number == 0 else f"{limit:,} watches of external credentials"
    return None


def _recount(context: WatchContext, verifier_id: str) -> bool:
    """Recount the stored watches, at most once a day. Returns whether they were recounted.

    The counters can be too high after an interrupted request, or after a holder with a watched credential was erased.
    """
    now = context.clock()
    midnight = dates.next_day(now)
    if not context.counters.add(f"{verifier_id} recounted {midnight.date()}", 1, 1, midnight):
        return False
    stored = Counter(name for watch in _all(context, verifier_id) for name, _ in _counts(watch))
    for name in (_name(verifier_id, ALL), _name(verifier_id, ELSEWHERE)):
        surplus = context.counters.value(name) - stored[name]
        if surplus > 0:
            context.counters.give_back(name, surplus)
    return True


def _all(context: WatchContext, verifier_id: str) -> Iterator[Watch]:
    after: str | None = None
    while page := context.store.of_verifier(verifier_id, after, _PAGE):
        yield from page
        after = page[-1].id


def _give_back(context: WatchContext, watch: Watch) -> None:
    for name, _ in _counts(watch):
        context.counters.give_back(name, 1)


def _counts(watch: Watch) -> list[tuple[str, int]]:
    """The counters that a watch counts toward, with their limits."""
    found = [(_name(watch.verifier_id, ALL), MAX_WATCHES)]
    return found if watch.is_hosted else [*found, (_name(watch.verifier_id, ELSEWHERE), MAX_ELSEWHERE)]


def _name(verifier_id: str, kind: str) -> str:
    return f"{verifier_id} {kind}"
