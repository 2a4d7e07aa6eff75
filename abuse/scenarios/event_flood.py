"""A network reports false clicks on a credential, 100 times a second for a minute.

The gateway's limit is simulated, and what it lets through is sent to the application.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from abuse import prices
from abuse.result import Result
from chalicelib.analytics.event import Kind
from chalicelib.analytics.event_budget import PER_NETWORK
from chalicelib.analytics.networks import Level
from tests.http.fake_laurel import id_of, seeded
from tests.http.gateway import HTML, Gateway

PER_SECOND = 100
SECONDS = 60
RATE, BURST = 10, 100
"""The limits of the gateway for `POST /v1/events` (infrastructure/resources.yaml)."""
GB_SECONDS = 0.01
"""One report takes 10 ms of a worker with 1 GB."""
READS = 8
"""Read units of one report: a record of up to 8 KB, and an issuer, its pathways and the salt, each up to 4 KB more."""
MONTH = 30 * 24 * 3600
BUDGET_USD = 150.0
"""What a month at the gateway's limit may cost (decision 3)."""
CLICK = {"kind": "click", "credential": id_of("valid"), "widget": "script", "host": "rival.example"}
FORM = "application/x-www-form-urlencoded"


def run() -> Result:
    """Send the reports, and let others do what they came for."""
    laurel = seeded()
    client = Gateway.over(laurel)
    start, credit, passed = laurel.now, float(BURST), 0
    for number in range(PER_SECOND * SECONDS):
        laurel.now = start + timedelta(seconds=number / PER_SECOND)
        credit = min(BURST, credit + RATE / PER_SECOND)
        if credit >= 1:
            credit -= 1
            passed += 1
            client.post("/v1/events", urlencode(CLICK).encode(), content_type=FORM)
    stored = sum(event.kind is Kind.CLICK for event in laurel.event_store.events.values())
    locked_out = []
    if client.get(f"/c/{id_of('valid')}", accept=HTML).status != 200:
        locked_out.append("readers in the network of the attacker")
    if not laurel.event_budget.admits(Kind.CLICK, "198.51.100.7"):
        locked_out.append("widgets in other networks")
    each = prices.GATEWAY_REQUEST + prices.LAMBDA_REQUEST + GB_SECONDS * prices.LAMBDA_GB_SECOND
    each += READS * prices.DYNAMODB_READ + prices.DYNAMODB_WRITE
    minutes = SECONDS // 60 + 1  # the simulated minute can begin within one of the clock
    return Result(
        "event-flood",
        requests=PER_SECOND * SECONDS,
        cost_usd=passed * each,
        locked_out=tuple(locked_out),
        within_budget=stored <= minutes * PER_NETWORK[Level.CLIENT] and MONTH * RATE * each <= BUDGET_USD,
        details={"passed_the_gateway": passed, "stored": stored, "usd_of_a_month_at_the_limit": MONTH * RATE * each},
    )
