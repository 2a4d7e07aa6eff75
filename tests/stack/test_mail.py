"""A letter on its whole way over the deployed stack: issued, sent, spoken of by the mail service, opened, ended."""

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
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0",
    "Accept": "text/html",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


@pytest.fixture
def services(stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> Services:
    """What runs beside the functions, as their operator."""
    for name, value in stack.local.environment().items():
        monkeypatch.setenv(name, value)
    return build(settings.read(), fallback=LogFallback())


def award(services: Services, email: str) -> str:
    achievement = next(iter(services.issuer_store.achievements(ISSUER)))
    return issue(services.issuer_context, Award(ISSUER, achievement.id, Holder("Ada Nwosu", email), notify=True)).id


def wait_until(look: Callable[[], object], wanted: object) -> None:
    """Wait for it, for a minute: the mail service says what became of a letter in its own time."""
    end = time.monotonic() + 60
    while look() != wanted and time.monotonic() < end:
        time.sleep(1)
    assert look() == wanted


@pytest.mark.slow
def test_a_letter_goes_out_and_all_that_follows_is_noted(stack: RunningStack, services: Services) -> None:
    def state(credential_id: str) -> State:
        return services.delivery_context.store.delivery(ISSUER, credential_id).state

    reader = "success+e2e"
    names = {reader: State.DELIVERED, "bounce": State.BOUNCED, "complaint": State.COMPLAINED}
    issued = {award(services, f"{name}@simulator.amazonses.com"): fate for name, fate in names.items()}
    jobs.run(stack, "RunTasks")
    wait_until(lambda: {one: state(one) for one in issued}, issued)

    pages = re.findall(r'href="(/_mail/[^"]+)">', asked(f"{stack.url}/_mail"))
    mine = next(one for one, fate in issued.items() if fate is State.DELIVERED)
    letter = next(page for page in (asked(stack.url + page) for page in pages) if reader in page)
    my, stop = (link(letter, stack.url + path) for path in ("/my/", "/mail/unsubscribe/"))
    assert "Your credentials" in asked(my)
    assert state(mine) is State.OPENED
    asked(stop, b"List-Unsubscribe=One-Click")
    box = services.delivery_context.mailbox(f"{reader}@simulator.amazonses.com")
    assert box.unsubscribed == {ISSUER}


def asked(url: str, data: bytes | None = None) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, data, BROWSER), timeout=30) as reply:
        content: bytes = reply.read()
    return content.decode()


def link(letter: str, start: str) -> str:
    found = re.search(re.escape(start) + r"[\w-]+", letter)
    assert found is not None
    return found[0]
