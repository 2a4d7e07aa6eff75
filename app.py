"""The deployed object: the HTTP application and the jobs, one line each."""

from __future__ import annotations

from chalice.app import CloudWatchEvent, Cron

from chalicelib import settings
from chalicelib.analytics import salt
from chalicelib.http.app import create_app
from chalicelib.http.log import LogFallback
from chalicelib.services import build

services = build(settings.read(), fallback=LogFallback())
app = create_app(services)


@app.schedule(Cron("5", "0", "*", "*", "?", "*"), name="rotate_salts")
def rotate_salts(_event: CloudWatchEvent) -> None:
    """Every night at 00:05 UTC. Jobs stand here because Lambda imports the module that defines them."""
    salt.rotate(services.salts, services.clock(), services.entropy)
