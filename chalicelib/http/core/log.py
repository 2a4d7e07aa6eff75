"""Structured logs, metrics and traces: routes, codes and verdicts; never an email address, a name or a body.

Logs do not identify credentials either, with one exception: an event that could not be stored is logged in full,
because it would be lost otherwise.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from chalice.app import Chalice, ConvertToMiddleware

from chalicelib.analytics import event_json
from chalicelib.analytics.event import Event, Kind
from chalicelib.verify.report import Verdict

if TYPE_CHECKING:
    from chalicelib.analytics.archive import ArchiveRun
    from chalicelib.analytics.counts.folding import Folded
    from chalicelib.award.keys.cleanup import CleanupResult
    from chalicelib.delivery.summaries import SummaryRun
    from chalicelib.directory.writing.updates import Update
    from chalicelib.erasure.running import ErasureRun
    from chalicelib.tasks.worker import RunResult, TaskFailure
    from chalicelib.verifiers.batch.jobs import Run
    from chalicelib.verifiers.watches.waking import Wake

Handler = Callable[..., Any]
NAMESPACE = "Laurel"
_METRICS = {
    Kind.VIEW: "Views",
    Kind.VERIFICATION: "Verifications",
    Kind.DOWNLOAD: "Downloads",
    Kind.IMPRESSION: "Impressions",
}


@cache
def logger() -> Logger:
    """Return the shared logger: JSON Lines; Powertools' environment variables set service and level."""
    return Logger()


def attach(app: Chalice, *, tracing: bool) -> None:
    """Add the request id to every log line of ``app``, and trace its calls if X-Ray is enabled."""
    app.register_middleware(ConvertToMiddleware(logger().inject_lambda_context), "all")
    if tracing:
        # Imported here because the X-Ray SDK takes as long to import as everything else together.
        from aws_lambda_powertools.tracing import Tracer

        tracer = Tracer()

        def answer(handler: Handler) -> Handler:
            # Responses and errors contain personal data, so neither goes into a trace.
            return tracer.capture_lambda_handler(handler, capture_response=False, capture_error=False)

        app.register_middleware(ConvertToMiddleware(answer), "all")


def tenant(issuer_id: str) -> None:
    """Add the caller's issuer to every log line of this request."""
    logger().append_keys(issuer=issuer_id)


def forget_tenant() -> None:
    """Remove the issuer from log lines at the end of a request, because the next one may be another issuer's."""
    logger().remove_keys(["issuer"])


def answered(kind: Kind, verdict: Verdict) -> None:
    """Count a verification response by its verdict."""
    with single_metric(name=_METRICS[kind], unit=MetricUnit.Count, value=1, namespace=NAMESPACE) as metric:
        metric.add_dimension("verdict", verdict.value)


def answered_many(kind: Kind, verdicts: Iterable[Verdict]) -> None:
    """As `answered`, for several credentials: one metric for each verdict, with its count."""
    for verdict, count in Counter(verdicts).items():
        with single_metric(name=_METRICS[kind], unit=MetricUnit.Count, value=count, namespace=NAMESPACE) as metric:
            metric.add_dimension("verdict", verdict.value)


def request(route: str, method: str, status: int) -> None:
    """Log one response. ``route`` is the template, such as `/c/{id}`: the path would identify the credential."""
    logger().info("answered", extra={"route": route, "method": method, "status": status})


def request_failed(route: str, code: str, error: BaseException) -> None:
    """Log an internal error with its location. Messages are left out because they may quote request data."""
    logger().error("failed", extra={"route": route, "code": code, "error": _chain(error)})


def task_failed(failure: TaskFailure) -> None:
    """Log a failed task with its location. Its subject is an id, so it is left out."""
    task = failure.task
    extra = {"kind": task.kind, "issuer": task.issuer_id, "attempts": task.attempts, "code": failure.code}
    error = None if failure.error is None else _chain(failure.error)
    logger().error("task moved to dead letters" if failure.is_final else "task failed", extra={**extra, "error": error})


def email_topic_validated() -> None:
    """Log that the email service can publish to the topic of email events."""
    logger().info("email topic validated")


def worker_run(result: RunResult) -> None:
    """Log the result of a worker run, and emit the metrics that the alarms use."""
    logger().info("worked", extra={"done": result.done, "failed": result.failed, "dead_letters": result.dead_letters})
    late = result.late.total_seconds()
    for name, unit, value in (
        ("DeadLetterTasks", MetricUnit.Count, result.dead_letters),
        ("TasksLate", MetricUnit.Seconds, late),
    ):
        with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE):
            pass


def messages_sent(result: RunResult) -> None:
    """Log a run of the function that sends messages to endpoints. A message that an endpoint did not accept is done,
    and its issuer sees it in the console."""
    extra = {"done": result.done, "failed": result.failed, "dead_letters": result.dead_letters}
    logger().info("messages sent", extra=extra)


def watch_woken(wake: Wake) -> None:
    """Log how `run_watches` handled a message."""
    logger().info("watch message", extra={"about": wake.about.value, "continued": wake.after is not None})


def watches_run(result: RunResult) -> None:
    """Log a scheduled run of `run_watches`, and emit the metric for its alarm. A delivery that was not
    accepted is done, and its owner sees it in the log of deliveries."""
    extra = {"done": result.done, "failed": result.failed, "dead_letters": result.dead_letters}
    logger().info("watches run", extra=extra)
    late = result.late.total_seconds()
    for name, unit, value in (
        ("WatchDeadLetters", MetricUnit.Count, result.dead_letters),
        ("WatchesLate", MetricUnit.Seconds, late),
    ):
        with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE):
            pass


def batch_run(run: Run | None) -> None:
    """Log the work on a batch; None for one that has been deleted."""
    extra = {"deleted": True} if run is None else {"parts": run.parts, "finished": run.is_finished}
    logger().info("batch processed", extra=extra)


def counted(folded: Folded) -> None:
    """Log a counting run, and emit its lag for the alarm. A run that only waited for another is not logged."""
    if folded.waits:
        return
    logger().info("counted", extra={"buckets": folded.buckets, "late": folded.late, "too_old": folded.too_old})
    for failure in folded.failed:
        extra = {"issuer": failure.issuer_id, "period": failure.period.name, "error": _chain(failure.error)}
        logger().error("issuer not counted", extra=extra)
    behind = folded.behind.total_seconds()
    for name, unit, value in (
        ("CountsBehind", MetricUnit.Seconds, behind),
        ("IssuersNotCounted", MetricUnit.Count, len({failure.issuer_id for failure in folded.failed})),
    ):
        with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE):
            pass


def listings_updated(update: Update) -> None:
    """Log a batch of changes of the directory, and emit how long the oldest of them took, for its alarm."""
    failed = update.failed is not None
    logger().info("listings updated", extra={"changes": update.applied, "failed": failed})
    behind = update.behind.total_seconds()
    with single_metric(name="DirectoryBehind", unit=MetricUnit.Seconds, value=behind, namespace=NAMESPACE):
        pass


def cleaned_up(result: CleanupResult) -> None:
    """Log the result of the nightly clean-up of keys."""
    logger().info("cleaned up", extra={"issuers_closed": result.closed, "keys_scheduled": result.scheduled})


def archived(result: ArchiveRun) -> None:
    """Log what was archived."""
    logger().info("events archived", extra=asdict(result))


def summaries_sent(result: SummaryRun) -> None:
    """Log how many monthly summaries were sent."""
    logger().info("summaries sent", extra=asdict(result))


def erased(result: ErasureRun) -> None:
    """Log what was erased: numbers only."""
    logger().info("persons erased", extra=asdict(result))


def new_keys(created: int, most: int) -> None:
    """Emit how many keys were created for issuers today, and which part of the day's budget, for the alarm."""
    percent = 100 * created / most if most else 0.0
    for name, unit, value in (
        ("NewKeys", MetricUnit.Count, created),
        ("NewKeysPercent", MetricUnit.Percent, percent),
    ):
        with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE):
            pass


class LogFallback:
    """Fallback for events that the event store rejected: each is logged in full, in one line."""

    def keep(self, event: Event, error: Exception) -> None:
        """Log ``event`` so that it can be replayed, and count it. Never raises."""
        logger().error(
            "event not stored", extra={event_json.UNSTORED: event_json.to_wire(event), "error": _chain(error)}
        )
        with single_metric(name="EventsNotStored", unit=MetricUnit.Count, value=1, namespace=NAMESPACE):
            pass


def _chain(error: BaseException) -> list[dict[str, object]]:
    """Describe ``error`` and its causes: type, code and stack frames of each."""
    chain: list[dict[str, object]] = []
    found: BaseException | None = error
    while found is not None and len(chain) < 8:
        trace = traceback.extract_tb(found.__traceback__)
        frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in trace]
        chain.append({"type": type(found).__qualname__, "code": _code(found), "frames": frames})
        found = found.__cause__ or found.__context__
    return chain


def _code(error: BaseException) -> str | None:
    # Our errors carry `code`; botocore's ClientError carries AWS's, which tells a missing grant from a full table.
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code"))
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else None
