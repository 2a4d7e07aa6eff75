"""One-time links: single use, short-lived, bound to the browser that asked, rate-limited."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.access import links, rate_limits
from chalicelib.access.links import ADDRESS, ADDRESS_FROM, ALL, GUESSES, LIFE, NETWORK
from chalicelib.access.rate_limits import TooMany
from chalicelib.errors import NotFound, Refused, Unavailable
from tests.access.fakes import NOW, AccessFixture, LookedAtTogether

EMAIL, CALLER = "ada@example.org", "203.0.113.7"


def asked(
    around: AccessFixture, email: str = EMAIL, caller: str = CALLER, browser: str | None = None
) -> tuple[str, str]:
    """The secret in the mail, and the browser's."""
    mine = links.request(around.access_context, email, "/console/acme", caller, browser)
    return around.mailer.sent[-1][1].rpartition("/")[2], mine


def test_a_link_signs_in_whoever_asked_for_it(around: AccessFixture) -> None:
    hidden, mine = asked(around, " Ada@Example.org ")
    assert around.mailer.sent == [(EMAIL, f"http://localhost:8000/sign-in/{hidden}")]
    link = links.redeem(around.access_context, hidden, CALLER, mine)
    assert (link.email, link.next) == (EMAIL, "/console/acme")


def test_its_secret_has_128_bits_at_least_and_only_hashes_are_kept(around: AccessFixture) -> None:
    hidden, mine = asked(around)
    assert len(hidden) * 5 >= 128
    assert len(mine) * 5 >= 128
    assert hidden not in repr(around.session_store.links)
    assert mine not in repr(around.session_store.links)


def test_it_works_once(around: AccessFixture) -> None:
    hidden, mine = asked(around)
    links.redeem(around.access_context, hidden, CALLER, mine)
    with pytest.raises(NotFound):
        links.redeem(around.access_context, hidden, CALLER, mine)
    with pytest.raises(NotFound):
        links.inspect(around.access_context, hidden, CALLER, mine)


def test_of_many_at_once_one_gets_in() -> None:
    around = AccessFixture(session_store=LookedAtTogether(8))
    hidden, mine = asked(around)

    def redeem(_: int) -> bool:
        try:
            links.redeem(around.access_context, hidden, CALLER, mine)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(redeem, range(8))) == 1


def test_looking_uses_nothing_up(around: AccessFixture) -> None:
    hidden, mine = asked(around)
    for _ in range(50):
        assert links.inspect(around.access_context, hidden, CALLER, mine).email == EMAIL
    assert links.redeem(around.access_context, hidden, CALLER, mine)


def test_it_lives_for_fifteen_minutes(around: AccessFixture) -> None:
    hidden, mine = asked(around)
    around.now = NOW + LIFE - timedelta(seconds=1)
    assert links.inspect(around.access_context, hidden, CALLER, mine)
    around.now = NOW + LIFE
    for act in (links.inspect, links.redeem):
        with pytest.raises(NotFound):
            act(around.access_context, hidden, CALLER, mine)
    assert around.session_store.links, "storage has not got round to deleting it"


@pytest.mark.parametrize("other", [None, "", "a" * 52])
def test_another_browser_gets_nothing_and_uses_nothing_up(around: AccessFixture, other: str | None) -> None:
    hidden, mine = asked(around)
    for act in (links.inspect, links.redeem):
        with pytest.raises(Refused) as caught:
            act(around.access_context, hidden, CALLER, other)
        assert caught.value.code == "other_browser"
    assert links.redeem(around.access_context, hidden, CALLER, mine)


def test_who_asks_twice_may_use_either_mail(around: AccessFixture) -> None:
    first, mine = asked(around)
    second, same = asked(around, browser=mine)
    assert same == mine
    assert links.redeem(around.access_context, first, CALLER, mine)
    assert links.redeem(around.access_context, second, CALLER, mine)


@pytest.mark.parametrize("planted", ["", "short", "x" * 5000, "A" * 52, "é" * 52])
def test_what_cannot_be_a_browsers_secret_is_replaced(around: AccessFixture, planted: str) -> None:
    _, mine = asked(around, browser=planted)
    assert mine != planted
    assert len(mine) == 52


@pytest.mark.parametrize("guess", ["", "a" * 52, "a" * 51, "../../x", "A" * 52, "é" * 52, "a" * 10_000])
def test_a_guess_finds_nothing(around: AccessFixture, guess: str) -> None:
    _, mine = asked(around)
    with pytest.raises(NotFound):
        links.redeem(around.access_context, guess, CALLER, mine)


def test_guesses_from_one_network_are_stopped_and_a_good_link_still_works(around: AccessFixture) -> None:
    hidden, mine = asked(around)
    for _ in range(GUESSES.most):
        with pytest.raises(NotFound):
            links.inspect(around.access_context, "a" * 52, CALLER, mine)
    with pytest.raises(TooMany) as caught:
        links.redeem(around.access_context, "a" * 52, CALLER, mine)
    assert 0 < caught.value.seconds <= GUESSES.window.total_seconds()
    with pytest.raises(NotFound):
        links.inspect(around.access_context, "a" * 52, "198.51.100.1", mine)
    assert links.redeem(around.access_context, hidden, CALLER, mine)


def test_one_address_gets_only_so_many_mails_and_nobody_is_told(around: AccessFixture) -> None:
    for number in range(ADDRESS.most + 3):
        assert len(links.request(around.access_context, EMAIL, "/", f"203.0.113.{number}", None)) == 52
    assert len(around.mailer.sent) == ADDRESS.most
    around.now = NOW + timedelta(hours=1)
    asked(around)
    assert len(around.mailer.sent) == ADDRESS.most + 1


def test_nobody_is_kept_out_by_somebody_who_keeps_asking_in_their_name(around: AccessFixture) -> None:
    for number in range(NETWORK.most):
        links.request(around.access_context, EMAIL, "/", f"2001:db8:0:{number:x}::1", None)  # one household
    assert len(around.mailer.sent) == ADDRESS_FROM.most
    hidden, mine = asked(around)
    assert len(around.mailer.sent) == ADDRESS_FROM.most + 1
    assert links.redeem(around.access_context, hidden, CALLER, mine).email == EMAIL


def test_one_network_may_ask_only_so_often(around: AccessFixture) -> None:
    for number in range(NETWORK.most):
        asked(around, f"p{number}@example.org")
    with pytest.raises(TooMany) as caught:
        asked(around, "one-more@example.org")
    assert caught.value.seconds == 3600
    asked(around, "one-more@example.org", "198.51.100.1")


def test_a_deployment_sends_only_so_many(around: AccessFixture) -> None:
    for number in range(ALL.most):
        caller = f"10.{number // 62_500}.{number // 250 % 250}.{number % 250}"
        links.request(around.access_context, f"p{number}@example.org", "/", caller, None)
    with pytest.raises(TooMany):
        asked(around, "one-more@example.org", "198.51.100.1")


def test_limits_keep_neither_address_nor_network(around: AccessFixture) -> None:
    asked(around)
    kept = repr(around.session_store.counts)
    assert len(around.session_store.counts) == 4
    assert not any(said in kept for said in (EMAIL, "ada", CALLER, "203"))


@pytest.mark.parametrize("email", ["", "ada", "ada@example.org, eve@example.org"])
def test_what_is_no_address_is_said_to_be_none(around: AccessFixture, email: str) -> None:
    with pytest.raises(Refused):
        links.request(around.access_context, email, "/", CALLER, None)
    assert not around.mailer.sent


def test_when_the_post_is_out_of_order_it_is_said(around: AccessFixture) -> None:
    around.mailer.out_of_order = True
    with pytest.raises(Unavailable):
        links.request(around.access_context, EMAIL, "/", CALLER, None)


@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example", "", "\\evil", "/a\nb"])
def test_a_link_leads_to_a_page_of_ours(around: AccessFixture, following: str) -> None:
    mine = links.request(around.access_context, EMAIL, following, CALLER, None)
    hidden = around.mailer.sent[-1][1].rpartition("/")[2]
    assert links.redeem(around.access_context, hidden, CALLER, mine).next == "/console"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/56"),
        ("2001:db8:1:ff:ffff::1", "2001:db8:1::/56"),
        ("2001:db8:1:100::1", "2001:db8:1:100::/56"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_a_network_is_what_one_asker_holds(address: str, network: str) -> None:
    assert rate_limits.network(address) == network
