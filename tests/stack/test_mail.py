"""An email through the deployed stack: issued, sent, reported by the email service, opened, unsubscribed."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Callable

import pytest

from chalicelib import settings
from chalicelib.award.issuing.issue import Award, issue
from chalicelib.credential.build import Holder
from chalicelib.delivery.delivery_status import State
from chalicelib.http.core.log import LogFallback
from chalicelib.services import Services, build
from tests.conftest import RunningStack
from tests.stack import jobs

ISSUER = "harbour-college"
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Accept": "text/html",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


@pytest.fixture
def services(stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Services outside the functions, with the operator's rights."""
    for name, value in stack.local.environment().items():
        monkeypatch.setenv(name, value)
    return build(settings.read(), fallback=LogFallback())


def issue_to(services: Services, email: str) -> str:
    achievement = next(iter(services.issuer_store.achievements(ISSUER)))
    return issue(services.issuer_context, Award(ISSUER, achievement.id, Holder("Ada Nwosu", email), notify=True)).id


def wait_until(read: Callable[[], object], expected: object) -> None:
    """Wait up to a minute, because the email service reports events asynchronously."""
    end = time.monotonic() + 60
    while read() != expected and time.monotonic() < end:
        time.sleep(1)
    assert read() == expected


@pytest.mark.slow
def test_email_is_sent_and_its_events_are_recorded(stack: RunningStack, services: Services) -> None:
    def state(credential_id: str) -> State:
        return services.delivery_context.store.delivery(ISSUER, credential_id).state

    reader = "success+e2e"
    expected_states = {reader: State.DELIVERED, "bounce": State.BOUNCED, "complaint": State.COMPLAINED}
    issued = {
        issue_to(services, f"{name}@simulator.amazonses.com"): expected_state
        for name, expected_state in expected_states.items()
    }
    jobs.run(stack, "RunTasks")
    wait_until(lambda: {one: state(one) for one in issued}, issued)

    pages = re.findall(r'href="(/_mail/[^"]+)">', fetch(f"{stack.url}/_mail"))
    delivered = next(one for one, expected_state in issued.items() if expected_state is State.DELIVERED)
    email_page = next(page for page in (fetch(stack.url + page) for page in pages) if reader in page)
    holder_url, unsubscribe_url = (link(email_page, stack.url + path) for path in ("/my/", "/mail/unsubscribe/"))
    assert "Your credentials" in fetch(holder_url)
    assert state(delivered) is State.OPENED
    fetch(unsubscribe_url, b"List-Unsubscribe=One-Click")
    box = services.delivery_context.mailbox(f"{reader}@simulator.amazonses.com")
    assert box.unsubscribed == {ISSUER}


def fetch(url: str, data: bytes | None = None) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, data, BROWSER), timeout=30) as reply:
        content: bytes = reply.read()
    return content.decode()


def link(page: str, start: str) -> str:
    found = re.search(re.escape(start) + r"[\w-]+", page)
    assert found is not None
    return found[0]
