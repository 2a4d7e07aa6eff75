"""The deployed object: the HTTP application and the jobs, one line each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalice.app import CloudWatchEvent, Cron, Rate

from chalicelib import settings
from chalicelib.analytics import salt
from chalicelib.http.app import create_app
from chalicelib.http.core import log
from chalicelib.http.core.log import LogFallback
from chalicelib.services import build

services = build(settings.read(), fallback=LogFallback())
app = create_app(services)


@app.schedule(Cron("5", "0", "*", "*", "?", "*"), name="rotate_salts")
def rotate_salts(_event: CloudWatchEvent) -> None:
    """Every night at 00:05 UTC. Jobs stand here because Lambda imports the module that defines them."""
    from chalicelib.access import signing_keys  # here and below: the API's cold start does without

    salt.rotate(services.salts, services.clock(), services.entropy)
    signing_keys.forget(services.access_context)


@app.schedule(Rate(1, unit=Rate.MINUTES), name="work")
def work(_event: CloudWatchEvent) -> None:
    """Every minute: what is due on the to-do list, for 50 seconds."""
    from chalicelib.tasks.worker import Worker, run

    worker = Worker(services.tasks, services.handlers, services.clock, services.entropy, log.task_failed)
    log.worked(run(worker, services.clock() + timedelta(seconds=50)))


@app.lambda_function(name="mail_said")
def mail_said(event: dict[str, Any], _context: object) -> None:
    """What the mail service says became of our letters, as it comes by the topic."""
    from chalicelib.delivery import email_events

    for record in event["Records"]:
        notice = email_events.parse(record["Sns"]["Message"])
        if notice is not None:
            email_events.apply(services.delivery_context, notice)
