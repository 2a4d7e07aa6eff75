"""Subscribe to the monthly summary, and unsubscribe."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.delivery import mailbox
from tests.http.console.conftest import send
from tests.http.fake_laurel import NOW, Laurel
from tests.http.signed_in import Browser

HERE = "/console/fernhill"
EMAIL = "vi@fernhill.example"


def test_member_subscribes_and_unsubscribes_on_the_overview(viewer: Browser, laurel: Laurel) -> None:
    assert "Email me this every month" in viewer.get(HERE).text
    reply = send(viewer, f"{HERE}/summary", {"do": "subscribe"})
    assert (reply.status, reply.headers["location"].endswith("did=summary_subscribed")) == (303, True)
    (found,) = laurel.subscriptions.subscriptions()
    assert (found.issuer_id, found.email) == ("fernhill", EMAIL)
    assert found.sent < f"{NOW:%Y-%m}"
    assert "Stop the monthly summary" in viewer.get(HERE).text
    send(viewer, f"{HERE}/summary", {"do": "unsubscribe"})
    assert list(laurel.subscriptions.subscriptions()) == []


def test_subscribing_says_if_the_address_gets_no_emails(viewer: Browser, laurel: Laurel) -> None:
    digest = mailbox.digest(EMAIL)
    store = laurel.delivery_context.store
    store.save_mailbox(replace(store.mailbox(digest), unsubscribed=frozenset({"fernhill"})))
    reply = send(viewer, f"{HERE}/summary", {"do": "subscribe"})
    assert reply.headers["location"].endswith("did=summary_blocked")
