"""One-time links: single use, short-lived, bound to the requesting browser, rate-limited."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.access.rate_limits import TooMany
from chalicelib.access.sign_in import links
from chalicelib.access.sign_in.links import LIFETIME, UNKNOWN_LINKS
from chalicelib.errors import NotFound, Refused, Unavailable
from tests.access.fakes import NOW, AccessFixture, LookedAtTogether

EMAIL, CALLER = "ada@example.org", "203.0.113.7"


def request_link(
    access: AccessFixture, email: str = EMAIL, caller: str = CALLER, browser: str | None = None
) -> tuple[str, str]:
    """Request a link; returns the secret in the email and the browser's secret."""
    browser_secret = links.request(access.access_context, email, "/console/acme", caller, browser)
    return access.mailer.sent[-1][1].rpartition("/")[2], browser_secret


def test_link_signs_in_the_person_who_requested_it(access: AccessFixture) -> None:
    secret, browser_secret = request_link(access, " Ada@Example.org ")
    assert access.mailer.sent == [(EMAIL, f"http://localhost:8000/sign-in/{secret}")]
    link = links.redeem(access.access_context, secret, CALLER, browser_secret)
    assert (link.email, link.next) == (EMAIL, "/console/acme")


def test_secrets_have_128_bits_and_only_their_hashes_are_stored(access: AccessFixture) -> None:
    secret, browser_secret = request_link(access)
    assert len(secret) * 5 >= 128
    assert len(browser_secret) * 5 >= 128
    assert secret not in repr(access.session_store.links)
    assert browser_secret not in repr(access.session_store.links)


def test_link_works_once(access: AccessFixture) -> None:
    secret, browser_secret = request_link(access)
    links.redeem(access.access_context, secret, CALLER, browser_secret)
    with pytest.raises(NotFound):
        links.redeem(access.access_context, secret, CALLER, browser_secret)
    with pytest.raises(NotFound):
        links.inspect(access.access_context, secret, CALLER, browser_secret)


def test_only_one_of_many_concurrent_redemptions_succeeds() -> None:
    access = AccessFixture(session_store=LookedAtTogether(8))
    secret, browser_secret = request_link(access)

    def redeem(_: int) -> bool:
        try:
            links.redeem(access.access_context, secret, CALLER, browser_secret)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(redeem, range(8))) == 1


def test_viewing_a_link_does_not_use_it(access: AccessFixture) -> None:
    secret, browser_secret = request_link(access)
    for _ in range(50):
        assert links.inspect(access.access_context, secret, CALLER, browser_secret).email == EMAIL
    assert links.redeem(access.access_context, secret, CALLER, browser_secret)


def test_link_expires_after_fifteen_minutes(access: AccessFixture) -> None:
    secret, browser_secret = request_link(access)
    access.now = NOW + LIFETIME - timedelta(seconds=1)
    assert links.inspect(access.access_context, secret, CALLER, browser_secret)
    access.now = NOW + LIFETIME
    for act in (links.inspect, links.redeem):
        with pytest.raises(NotFound):
            act(access.access_context, secret, CALLER, browser_secret)
    assert access.session_store.links, "the store has not deleted it yet"


@pytest.mark.parametrize("other", [None, "", "a" * 52])
def test_another_browser_is_refused_and_does_not_use_the_link(access: AccessFixture, other: str | None) -> None:
    secret, browser_secret = request_link(access)
    for act in (links.inspect, links.redeem):
        with pytest.raises(Refused) as caught:
            act(access.access_context, secret, CALLER, other)
        assert caught.value.code == "other_browser"
    assert links.redeem(access.access_context, secret, CALLER, browser_secret)


def test_either_of_two_requested_links_works(access: AccessFixture) -> None:
    first, browser_secret = request_link(access)
    second, same = request_link(access, browser=browser_secret)
    assert same == browser_secret
    assert links.redeem(access.access_context, first, CALLER, browser_secret)
    assert links.redeem(access.access_context, second, CALLER, browser_secret)


@pytest.mark.parametrize("planted", ["", "short", "x" * 5000, "A" * 52, "é" * 52])
def test_invalid_browser_secret_is_replaced(access: AccessFixture, planted: str) -> None:
    _, browser_secret = request_link(access, browser=planted)
    assert browser_secret != planted
    assert len(browser_secret) == 52


@pytest.mark.parametrize("guess", ["", "a" * 52, "a" * 51, "../../x", "A" * 52, "é" * 52, "a" * 10_000])
def test_guessed_secret_is_not_found(access: AccessFixture, guess: str) -> None:
    _, browser_secret = request_link(access)
    with pytest.raises(NotFound):
        links.redeem(access.access_context, guess, CALLER, browser_secret)


def test_guesses_from_one_network_are_limited_but_a_valid_link_works(access: AccessFixture) -> None:
    secret, browser_secret = request_link(access)
    for _ in range(UNKNOWN_LINKS.per_client):
        with pytest.raises(NotFound):
            links.inspect(access.access_context, "a" * 52, CALLER, browser_secret)
    with pytest.raises(TooMany) as caught:
        links.redeem(access.access_context, "a" * 52, CALLER, browser_secret)
    assert 0 < caught.value.seconds <= UNKNOWN_LINKS.window.total_seconds()
    with pytest.raises(NotFound):
        links.inspect(access.access_context, "a" * 52, "198.51.100.1", browser_secret)
    assert links.redeem(access.access_context, secret, CALLER, browser_secret)


@pytest.mark.parametrize("email", ["", "ada", "ada@example.org, eve@example.org"])
def test_invalid_address_is_refused(access: AccessFixture, email: str) -> None:
    with pytest.raises(Refused):
        links.request(access.access_context, email, "/", CALLER, None)
    assert not access.mailer.sent


def test_email_outage_is_raised(access: AccessFixture) -> None:
    access.mailer.out_of_order = True
    with pytest.raises(Unavailable):
        links.request(access.access_context, EMAIL, "/", CALLER, None)


@pytest.mark.parametrize("return_path", ["https://evil.example/", "//evil.example", "", "\\evil", "/a\nb"])
def test_link_returns_only_to_local_pages(access: AccessFixture, return_path: str) -> None:
    browser_secret = links.request(access.access_context, EMAIL, return_path, CALLER, None)
    secret = access.mailer.sent[-1][1].rpartition("/")[2]
    assert links.redeem(access.access_context, secret, CALLER, browser_secret).next == "/console"
