"""The holder shows on a credential's page how often it was viewed, or hides it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from chalicelib.analytics.counts.view_counts import ByPeople, ViewCounts
from chalicelib.delivery import mailbox
from chalicelib.delivery.holder import link_requests, view_counts
from chalicelib.delivery.mailbox import MAX_VIEW_COUNTS
from chalicelib.errors import Refused
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway
from tests.http.holder.test_holder import EMAIL, PHONE, deliver, requested, resend, submit

CREDENTIAL = id_of("valid")
SECTION = "How often it was viewed"


@pytest.fixture
def wide_path(laurel: Laurel) -> str:
    return requested(laurel)


def count(laurel: Laurel, views: int, verifications: int = 0, *, complete: bool = True) -> None:
    """Count, as the fold does."""
    assert CREDENTIAL in laurel.issuer_store.shown_view_counts
    laurel.issuer_store.shown_view_counts[CREDENTIAL] = ViewCounts(
        CREDENTIAL, complete, {"2026-10": ByPeople(1), "2026-11": ByPeople(views - 1, verifications)}
    )


def page(client: Gateway) -> str:
    return client.get(f"/c/{CREDENTIAL}", accept=HTML).text


def change(client: Gateway, path: str, do: str = "show_view_counts", credential: str = CREDENTIAL) -> int:
    return submit(client, path, do=do, credential=credential).status


def shown(laurel: Laurel) -> set[str]:
    return set(laurel.delivery_store.mailbox(mailbox.digest(EMAIL)).view_counts_shown)


def test_nothing_is_shown_until_the_holder_wants_it(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    assert SECTION not in page(client)
    assert "Show view counts" in client.get(wide_path, **PHONE).text
    assert change(client, wide_path) == 303
    assert SECTION not in page(client), "nothing is counted yet"
    count(laurel, 47, 9)
    html = page(client)
    assert SECTION in html
    assert "<dt>Views</dt><dd>At least 40</dd>" in html
    assert "<dt>Other verifications</dt><dd>Fewer than 10</dd>" in html
    assert "not part of the signed credential, and the issuer does not confirm it" in html
    assert "Hide view counts" in client.get(wide_path, **PHONE).text


def test_hiding_takes_effect_immediately_and_deletes_the_copy(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    change(client, wide_path)
    count(laurel, 47)
    assert change(client, wide_path, "hide_view_counts") == 303
    assert SECTION not in page(client)
    assert (laurel.issuer_store.shown_view_counts, shown(laurel)) == ({}, set())


@pytest.mark.parametrize(
    ("many", "text"),
    [(9, "Fewer than 10"), (10, "At least 10"), (19, "At least 10"), (20, "At least 20"), (12345, "At least 12,340")],
)
def test_small_numbers_are_not_shown_and_others_are_rounded_down(
    laurel: Laurel, client: Gateway, wide_path: str, many: int, text: str
) -> None:
    change(client, wide_path)
    count(laurel, many)
    assert f"<dt>Views</dt><dd>{text}</dd>" in page(client)


def test_a_page_with_a_warning_shows_no_numbers(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    revoked = id_of("revoked")
    record = laurel.issuer_store.record(revoked)
    laurel.issuer_store.show_view_counts(replace(record, shows_view_counts=True, version=record.version + 1))
    laurel.issuer_store.shown_view_counts[revoked] = ViewCounts(
        revoked, complete=True, months={"2026-11": ByPeople(99)}
    )
    assert SECTION not in client.get(f"/c/{revoked}", accept=HTML).text


def test_a_change_is_confirmed_beside_the_credential(client: Gateway, wide_path: str) -> None:
    response = submit(client, wide_path, do="show_view_counts", credential=CREDENTIAL)
    shown = client.get(response.headers["location"].removeprefix(BASE_URL).partition("#")[0], **PHONE).text
    card, settings = shown.split('id="settings"')
    assert (card.count("Saved."), settings.count("Saved.")) == (1, 0)


def test_numbers_are_on_the_page_alone(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    before = {kind: client.get(f"/c/{CREDENTIAL}", accept=kind).body for kind in ("application/vc", "application/json")}
    change(client, wide_path)
    count(laurel, 4711)
    assert client.get(f"/c/{CREDENTIAL}", accept="application/vc").body == before["application/vc"]
    assert b"4710" not in client.get(f"/c/{CREDENTIAL}", accept="application/json").body
    assert client.get(f"/c/{CREDENTIAL}", accept=HTML).headers["cache-control"] == "no-store"


def test_a_link_that_an_issuer_may_know_cannot_choose(laurel: Laurel, client: Gateway) -> None:
    resend(laurel, client)
    deliver(laurel)
    narrow = urlsplit(laurel.mailer.sent[-1].main.url).path
    assert "Show view counts" not in client.get(narrow, **PHONE).text
    assert change(client, narrow) == 403
    assert not laurel.issuer_store.record(CREDENTIAL).shows_view_counts


def test_only_the_holder_chooses(laurel: Laurel, client: Gateway) -> None:
    link_requests.send_link_to_recipient(laurel.delivery_context, "eve@example.org")
    other = urlsplit(laurel.mailer.sent[-1].main.url).path
    assert change(client, other) == 404
    assert change(client, other, "hide_view_counts") == 404


def test_deleting_the_holders_data_hides_the_numbers(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    change(client, wide_path)
    count(laurel, 47)
    assert submit(client, wide_path, do="forget", sure="yes").status == 200
    assert SECTION not in page(client)
    assert laurel.issuer_store.shown_view_counts == {}


def test_the_export_says_since_when_they_are_shown(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    change(client, wide_path)
    settings = client.get(f"{wide_path}/data").json["settings"]
    assert settings["view_counts_shown_since"] == {CREDENTIAL: "2026-11-22T12:00:00Z"}


def test_changes_are_limited_but_hiding_is_not(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    for _ in range(view_counts.CHANGES.max_count):
        assert change(client, wide_path) == 303
    assert change(client, wide_path) == 429
    assert change(client, wide_path, "hide_view_counts") == 303


def test_a_mailbox_has_at_most_a_hundred() -> None:
    now = Laurel().now
    full = mailbox.Mailbox("d", view_counts_shown={f"{n:026}": now for n in range(MAX_VIEW_COUNTS)})
    with pytest.raises(Refused):
        mailbox.with_view_counts(full, "x" * 26, now)
    assert len(mailbox.with_view_counts(full, f"{7:026}", None).view_counts_shown) == MAX_VIEW_COUNTS - 1
