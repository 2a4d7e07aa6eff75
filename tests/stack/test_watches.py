"""A watch fires within five seconds of a revocation, by the deployed functions under their roles."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from standardwebhooks.webhooks import Webhook

from chalicelib import settings
from chalicelib.http.core.log import LogFallback
from chalicelib.services import Services, build
from chalicelib.verifiers import accounts
from chalicelib.verifiers.scope import Scope
from tests.conftest import RunningStack
from tests.stack import jobs
from tests.stack.conftest import Receiver
from tests.stack.test_issuing import ISSUER, ApiClient, cli, emails

SECONDS = 5.0
"""How soon a change is told (docs/watches.md)."""
ACTS = (*("suspend", "reinstate") * 4, "revoke")
"""What the issuer does; each is an event."""
EMAIL = "developer@jobs.example"


@pytest.fixture
def services(stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Services outside the functions, with the operator's rights."""
    for name, value in stack.local.environment().items():
        monkeypatch.setenv(name, value)
    return build(settings.read(), fallback=LogFallback())


def wait_for(found: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not found() and time.monotonic() < end:
        time.sleep(0.05)
    assert found()


def test_a_watch_fires_within_five_seconds_of_a_revocation(
    stack: RunningStack, receiver: Receiver, services: Services
) -> None:
    account = accounts.create(services.verifier_context, EMAIL, "Jobs")
    key = accounts.create_key(services.verifier_context, account, "production", [Scope.WATCH])
    verifier = ApiClient(stack, key.text)
    issuer = ApiClient(stack, cli(stack, "token", "create", ISSUER, "--name", "watches", "--role", "owner")["token"])
    (achievement, *_) = issuer("GET", "/v1/achievements").json["items"]
    draft = {"achievement": achievement["id"], "holder": {"name": "Grace Osei", "email": "grace@watched.example"}}
    issued = issuer("POST", "/v1/credentials", draft, idempotency_key="watched-1")
    assert issued.status == 201, issued.body
    credential = issued.json["id"]

    callback = f"https://{receiver.authority}/laurel"
    sent = {"credential": issued.json["url"], "callback": callback, "email": EMAIL, "ref": "candidate-17"}
    first, again = (verifier("POST", "/v1/watches", sent, idempotency_key="w-1") for _ in range(2))
    assert first.status == again.status == 201, first.body
    assert first.body == again.body
    watch = first.json
    assert (watch["verdict"], watch["credential"]["id"]) == ("valid", credential)

    # Start two workers, as there are on a stack that has run for a while: the embedded AWS takes up to half a minute.
    with ThreadPoolExecutor(2) as pool:
        started = pool.submit(jobs.run, stack, "RunWatches")
        assert verifier("POST", f"/v1/watches/{watch['id']}/test").status == 202
        wait_for(lambda: len(receiver.received) == 1, 120)
        started.result()
    receiver.received.clear()

    took = []
    for number, act in enumerate(ACTS, start=1):
        start = time.time()
        changed = issuer("POST", f"/v1/credentials/{credential}/{act}", {})
        assert changed.status == 200, changed.body
        wait_for(lambda expected=number: len(receiver.received) >= expected, 60)  # type: ignore[misc]
        took.append(receiver.received[number - 1].at - start)
    print(f"seconds from each change to its event: {[round(each, 2) for each in took]}")
    found = [Webhook(watch["secret"]).verify(each.body, each.headers)["data"] for each in receiver.received]
    assert [(each["change"], each["after"]) for each in found] == [
        (number, {"suspend": "suspended", "reinstate": "valid", "revoke": "revoked"}[act])
        for number, act in enumerate(ACTS, start=1)
    ]
    assert took[-1] < SECONDS

    log = verifier("GET", f"/v1/watches/{watch['id']}/deliveries").json["items"]
    assert len(log) == len(ACTS) + 1
    assert {each["state"] for each in log} == {"delivered"}
    jobs.run(stack, "RunWatches")
    assert len(receiver.received) == len(ACTS)
    jobs.run(stack, "RunTasks")
    assert sum("candidate-17" in page for page in emails(stack, EMAIL)) == len(ACTS)
    assert verifier("DELETE", f"/v1/watches/{watch['id']}").status == 204
