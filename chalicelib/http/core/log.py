"""What is logged, counted and traced: routes, codes and verdicts; never an address, a name or a body.

Nor whose credential it was: but an event that could not be stored stands in the log whole, or it would be lost.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from chalice.app import Chalice, ConvertToMiddleware

from chalicelib.analytics import event_json
from chalicelib.analytics.event import Event, Kind
from chalicelib.verify.report import Verdict

if TYPE_CHECKING:
    from chalicelib.tasks.worker import Fault, Worked

Handler = Callable[..., Any]
NAMESPACE = "Laurel"
_METRICS = {Kind.VIEW: "Views", Kind.VERIFICATION: "Verifications", Kind.DOWNLOAD: "Downloads"}


@cache
def logger() -> Logger:
    """The one logger: JSON lines; service and level from Powertools' own environment variables."""
    return Logger()


def attach(app: Chalice, *, tracing: bool) -> None:
    """Put the request id into every line of ``app``, and trace its calls where X-Ray listens."""
    app.register_middleware(ConvertToMiddleware(logger().inject_lambda_context), "all")
    if tracing:
        # Imported only here: X-Ray's SDK takes as long to import as everything else together.
        from aws_lambda_powertools.tracing import Tracer

        tracer = Tracer()

        def answer(handler: Handler) -> Handler:
            # Answers and errors hold people's data: neither goes into a trace.
            return tracer.capture_lambda_handler(handler, capture_response=False, capture_error=False)

        app.register_middleware(ConvertToMiddleware(answer), "all")


def tenant(issuer_id: str) -> None:
    """Every line from here to the end of this request names the issuer that the caller acts for."""
    logger().append_keys(issuer=issuer_id)


def forget_tenant() -> None:
    """The request is over; the next one in this process may be another issuer's."""
    logger().remove_keys(["issuer"])


def answered(kind: Kind, verdict: Verdict) -> None:
    """Count an answer about a credential, by its verdict."""
    with single_metric(name=_METRICS[kind], unit=MetricUnit.Count, value=1, namespace=NAMESPACE) as metric:
        metric.add_dimension("verdict", verdict.value)


def request(route: str, method: str, status: int) -> None:
    """One line for each answer. ``route`` is the template, such as `/c/{id}`: the path would tell who was looked up."""
    logger().info("answered", extra={"route": route, "method": method, "status": status})


def fault(route: str, code: str, error: BaseException) -> None:
    """A failure of ours with where it happened. Messages stay out of it: they quote what callers send."""
    logger().error("failed", extra={"route": route, "code": code, "error": _chain(error)})


def task_failed(fault: Fault) -> None:
    """A task that was not done, with where it failed. What it is about is an id, so it stays out of the line."""
    task = fault.task
    extra = {"kind": task.kind, "issuer": task.issuer_id, "attempts": task.attempts, "code": fault.code}
    error = None if fault.error is None else _chain(fault.error)
    logger().error("task parked" if fault.parked else "task failed", extra={**extra, "error": error})


def worked(worked: Worked) -> None:
    """What a round of work did, and what the alarms look at."""
    logger().info("worked", extra={"done": worked.done, "failed": worked.failed, "parked": worked.parked})
    late = worked.late.total_seconds()
    for name, unit, value in (
        ("TasksParked", MetricUnit.Count, worked.parked),
        ("TasksLate", MetricUnit.Seconds, late),
    ):
        with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE):
            pass


class LogFallback:
    """Keeps an event that the journal did not take: whole, in one line of the log."""

    def keep(self, event: Event, error: Exception) -> None:
        """Log ``event`` so that it can be replayed, and count it. Does not raise."""
        logger().error(
            "event not stored", extra={event_json.UNSTORED: event_json.to_wire(event), "error": _chain(error)}
        )
        with single_metric(name="EventsNotStored", unit=MetricUnit.Count, value=1, namespace=NAMESPACE):
            pass


def _chain(error: BaseException) -> list[dict[str, object]]:
    """``error`` and what caused it: type, code and frames of each."""
    chain: list[dict[str, object]] = []
    found: BaseException | None = error
    while found is not None and len(chain) < 8:
        trace = traceback.extract_tb(found.__traceback__)
        frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in trace]
        chain.append({"type": type(found).__qualname__, "code": _code(found), "frames": frames})
        found = found.__cause__ or found.__context__
    return chain


def _code(error: BaseException) -> str | None:
    # Ours carry `code`; botocore's ClientError carries AWS's own, which tells a missing grant from a full table.
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code"))
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else None
