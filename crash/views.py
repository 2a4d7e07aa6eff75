"""Views of a credential's page while storage throttles, through the deployed application.

In a process of its own, because the application logs each request to the standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import boto3

from benchmarks import seed
from benchmarks.engine import SETTINGS
from benchmarks.request import Context, get_credential
from chalicelib import settings
from chalicelib.analytics.counts import folding
from chalicelib.analytics.counts.periods import ALL_TIME
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.event import Kind
from chalicelib.http.app import create_app
from chalicelib.services import Services, build
from crash.counting import Log, until_done
from local.package import ROOT
from tests import aws_calls


@dataclass(frozen=True, slots=True)
class Viewed:
    """What came of some views. ``errors`` are pages with another status than 200; ``counted``, all counted views."""

    served: int
    errors: int
    counted: int
    throttled: int


def run(views: int, share: float) -> Viewed:
    """As `view`, on the engine configured in the environment."""
    command = [sys.executable, "-m", "crash.views", str(views), str(share)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Viewed(**json.loads(done.stdout.splitlines()[-1]))


def view(views: int, share: float) -> Viewed:
    """Request the page of one credential ``views`` times while a random ``share`` of all calls to DynamoDB is
    throttled, replay what was not stored, and count."""
    log = Log()
    services = _services(log)
    event = get_credential(seed.issue_one(services), "text/html")
    _fold(services, services.clock)
    app = create_app(services)
    client = services._tables.client  # noqa: SLF001 - the client of all stores
    with aws_calls.throttling(client, share) as refused:
        statuses = [app(event, Context())["statusCode"] for _ in range(views)]
    for one in log.kept:
        until_done(partial(services.event_store.write, one))
    _fold(services, lambda: services.clock() + timedelta(days=2))
    served = statuses.count(200)
    counts = services.fold_context.store.section(seed.ISSUER.id, ALL_TIME, Section.ACHIEVEMENTS)
    counted = sum(many for cell, many in counts.cells.items() if cell.kind == Kind.VIEW)
    return Viewed(served, views - served, counted, len(refused))


def _services(log: Log) -> Services:
    key = boto3.client("kms").create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")
    names = settings.read({**SETTINGS, **os.environ, "SHARED_KEY_ID": key["KeyMetadata"]["KeyId"]})
    seed.make_tables(names)
    return build(names, fallback=log)


def _fold(services: Services, clock: Callable[[], datetime]) -> None:
    context = replace(services.fold_context, clock=clock)
    folding.run(context, clock() + timedelta(hours=1))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(view(int(sys.argv[1]), float(sys.argv[2])))))
