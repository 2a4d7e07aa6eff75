"""The deployed object: the HTTP application and the background functions."""

from __future__ import annotations

import gc

gc.disable()  # importing creates no garbage, and running the collector meanwhile takes a tenth of a cold start

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
gc.freeze()  # imported objects stay, so later collections can skip them
gc.enable()


@app.schedule(Cron("5", "0", "*", "*", "?", "*"), name="rotate_secrets")
def rotate_secrets(_event: CloudWatchEvent) -> None:
    """Rotate the daily secrets, every night at 00:05 UTC."""
    from chalicelib.access import signing_keys  # here and below: imported late to keep the cold start of the API short

    salt.rotate(services.salts, services.clock(), services.entropy)
    signing_keys.forget(services.access_context)


@app.schedule(Cron("35", "0", "*", "*", "?", "*"), name="clean_up_keys")
def clean_up_keys(_event: CloudWatchEvent) -> None:
    """Close abandoned issuers, schedule the deletion of unused keys, and keep the key of receipts published, every
    night at 00:35 UTC."""
    from chalicelib.award.keys import cleanup

    services.receipts.keys.remember()
    log.cleaned_up(cleanup.clean_up(services.issuer_context, services.key_remover))


@app.schedule(Cron("50", "0", "*", "*", "?", "*"), name="archive_events")
def archive_events(_event: CloudWatchEvent) -> None:
    """Archive the events of yesterday, and of days that got events afterwards, every night at 00:50 UTC."""
    from chalicelib.analytics import archive

    log.archived(archive.run(services.archive_context, services.clock() + timedelta(minutes=5)))


@app.schedule(Cron("10", "9", "2-4", "*", "?", "*"), name="send_summaries")
def send_summaries(_event: CloudWatchEvent) -> None:
    """Email last month's summaries on the 2nd of each month, and retry unsent ones on the 3rd and 4th."""
    from chalicelib.delivery import summaries

    log.summaries_sent(summaries.run(services.summary_context, services.clock() + timedelta(minutes=13)))


@app.schedule(Rate(1, unit=Rate.HOURS), name="erase_people")
def erase_people(_event: CloudWatchEvent) -> None:
    """Carry out the erasures of persons that are due, every hour for up to 13 minutes."""
    from chalicelib.erasure import running

    log.erased(running.run(services.erasure_context, services.clock() + timedelta(minutes=13)))


@app.schedule(Rate(1, unit=Rate.MINUTES), name="run_tasks")
def run_tasks(_event: CloudWatchEvent) -> None:
    """Run the tasks that are due, every minute for up to 50 seconds."""
    from chalicelib.award.keys import new_key
    from chalicelib.tasks.worker import Worker, run

    worker = Worker(services.tasks, services.handlers, services.clock, services.entropy, log.task_failed)
    log.worker_run(run(worker, services.clock() + timedelta(seconds=50)))
    log.new_keys(new_key.created_today(services.issuer_context), services.settings.new_keys_per_day)


@app.schedule(Rate(1, unit=Rate.MINUTES), name="count_events")
def count_events(_event: CloudWatchEvent) -> None:
    """Count the events of the buckets that have closed, every minute for up to 50 seconds."""
    from chalicelib.analytics.counts import folding

    log.counted(folding.run(services.fold_context, services.clock() + timedelta(seconds=50)))


@app.schedule(Rate(1, unit=Rate.MINUTES), name="send_messages")
def send_messages(_event: CloudWatchEvent) -> None:
    """Send messages to endpoints of issuers, every minute for up to 50 seconds."""
    from chalicelib.tasks.worker import Worker, run

    queue, handlers = services.endpoint_tasks, services.endpoint_handlers()
    worker = Worker(queue, handlers, services.clock, services.entropy, log.task_failed)
    log.messages_sent(run(worker, services.clock() + timedelta(seconds=50)))


@app.lambda_function(name="run_batches")
def run_batches(event: dict[str, Any], _context: object) -> None:
    """Work on the batches that messages of the queue name, for up to two minutes."""
    from chalicelib.errors import NotFound
    from chalicelib.http.batch import result_json
    from chalicelib.sqs.batch_queue import job_in
    from chalicelib.verifiers.batch import jobs

    write = result_json.writer(services.settings.base_url)
    for record in event["Records"]:
        try:
            log.batch_run(jobs.run(services.batch_jobs, services.batch_reports, write, job_in(record["body"])))
        except NotFound:
            log.batch_run(None)


@app.lambda_function(name="run_watches")
def run_watches(event: dict[str, Any], _context: object) -> None:
    """Check watches and send their deliveries: what messages of the queue ask for at once, and every minute, for up to
    50 seconds, what is due."""
    from chalicelib.sqs.watch_queue import wakes_in
    from chalicelib.tasks.worker import Worker, run
    from chalicelib.verifiers.watches import running

    context = services.watch_work()
    if "Records" in event:
        for wake in wakes_in(event["Records"]):
            running.work(context, wake)
            log.watch_woken(wake)
        return
    worker = Worker(services.watch_tasks, running.handlers(context), services.clock, services.entropy, log.task_failed)
    log.watches_run(run(worker, services.clock() + timedelta(seconds=50)))


@app.lambda_function(name="update_directory")
def update_directory(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Update the listings affected by changed items. Return the first change to redeliver."""
    update = services.update_listings(event["Records"])
    log.listings_updated(update)
    return {"batchItemFailures": [{"itemIdentifier": update.failed.sequence}] if update.failed else []}


@app.lambda_function(name="on_email_event")
def on_email_event(event: dict[str, Any], _context: object) -> None:
    """Record deliveries, bounces and complaints that the email service publishes."""
    from chalicelib.delivery import email_events

    for record in event["Records"]:
        email_events.receive(services.delivery_context, record["Sns"]["Message"], log.email_topic_validated)
