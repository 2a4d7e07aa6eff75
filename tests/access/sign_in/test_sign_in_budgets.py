"""Attacks on the budgets of sign-in emails: nobody locks out the people who belong, and no mailbox is flooded."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.access import members
from chalicelib.access.rate_limits import TooMany
from chalicelib.access.roles import Role
from chalicelib.access.sign_in import known, links
from chalicelib.access.sign_in.links import (
    CAREFUL_PER_DAY,
    CAREFUL_PER_DOMAIN,
    KNOWN_BROWSERS_PER_ADDRESS,
    MEMBERS_PER_NETWORK,
    NEW_PER_DAY,
    NEW_PER_DOMAIN,
    PER_ADDRESS,
    PER_ADDRESS_AND_NETWORK,
    PER_ADDRESS_AND_NETWORK_DAILY,
    PER_ADDRESS_FIRST,
    PER_KNOWN_BROWSER,
    PER_MEMBER,
    PER_MEMBER_FIRST,
    PER_NETWORK,
    QUARTER,
)
from tests.access.fakes import NOW, AccessFixture, MemberStore, SessionStore

VICTIM, HOME = "victim@example.org", "198.51.100.1"


class RecordingStore:
    """A store that records the names of the calls."""

    def __init__(self, store: SessionStore | MemberStore) -> None:
        self.store = store
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> object:
        found = getattr(self.store, name)

        def call(*args: object) -> object:
            self.calls.append(name)
            return found(*args)

        return call


def ask(access: AccessFixture, email: str, caller: str, known_browser: str | None = None) -> bool:
    """Request a link; returns whether an email was sent."""
    before = len(access.mailer.sent)
    assert len(links.request(access.access_context, email, "/", caller, None, known_browser)) == 52
    return len(access.mailer.sent) > before


def known_member(access: AccessFixture, email: str = VICTIM) -> str:
    """Make ``email`` a member who has signed in; returns the cookie of the browser."""
    members.add(access.access_context, "north", email, Role.OWNER)
    return known.remember(access.access_context, email, None)


def emails_in_an_hour(access: AccessFixture, email: str) -> int:
    """How many emails an attacker with 200 networks can make us send to ``email`` in an hour."""
    before = len(access.mailer.sent)
    for number in range(400):
        access.now = NOW + timedelta(seconds=number * 9)
        ask(access, email, f"10.9.9.{number // 2}")
    access.now = NOW
    return len(access.mailer.sent) - before


def test_ten_requests_from_two_networks_do_not_stop_the_victim_on_a_known_browser(access: AccessFixture) -> None:
    cookie = known.remember(access.access_context, VICTIM, None)
    for number in range(10):
        ask(access, VICTIM, f"203.0.113.{number % 2}")
    assert all(ask(access, VICTIM, HOME, cookie) for _ in range(PER_KNOWN_BROWSER.max_count))


def test_ten_requests_from_two_networks_do_not_stop_a_member_on_a_new_browser(access: AccessFixture) -> None:
    known_member(access)
    for number in range(10):
        ask(access, VICTIM, f"203.0.113.{number % 2}")
    assert ask(access, VICTIM, HOME)


def test_requests_from_many_networks_delay_a_newcomer_by_minutes(access: AccessFixture) -> None:
    for number in range(100):
        ask(access, VICTIM, f"203.0.113.{number}")
    assert not ask(access, VICTIM, HOME)
    access.now += QUARTER
    assert ask(access, VICTIM, HOME)


def test_a_member_attacked_from_strange_networks_still_gets_emails_and_is_not_flooded(access: AccessFixture) -> None:
    known_member(access)
    assert emails_in_an_hour(access, VICTIM) == 4 * (PER_MEMBER.max_count + PER_MEMBER_FIRST.max_count) == 24


def test_nine_networks_that_ask_all_day_delay_a_member_by_less_than_an_hour(access: AccessFixture) -> None:
    known_member(access)
    reached = []
    for quarter in range(4 * 12):
        access.now = NOW - timedelta(hours=12) + quarter * QUARTER
        for number in range(9 * 3):
            ask(access, VICTIM, f"203.0.113.{number % 9}")
        reached.append(ask(access, VICTIM, f"198.51.100.{quarter}"))
    assert reached.index(True) <= 3
    assert all(reached[3:])


def test_one_network_sends_six_emails_to_one_address_in_a_day(access: AccessFixture) -> None:
    known_member(access)
    sent = 0
    for quarter in range(4 * 12):
        access.now = NOW + quarter * QUARTER - timedelta(hours=12)
        sent += sum(ask(access, VICTIM, "203.0.113.7") for _ in range(3))
    assert sent == PER_ADDRESS_AND_NETWORK_DAILY.per_client


def test_a_strangers_mailbox_is_not_flooded(access: AccessFixture) -> None:
    assert emails_in_an_hour(access, VICTIM) == 4 * (PER_ADDRESS.max_count + PER_ADDRESS_FIRST.max_count) == 12


def test_known_browsers_of_one_address_cannot_flood_its_mailbox(access: AccessFixture) -> None:
    cookies = [known.remember(access.access_context, VICTIM, None) for _ in range(5)]
    sent = 0
    for cookie in cookies * 3:
        with suppress(TooMany):
            sent += ask(access, VICTIM, HOME, cookie)
    assert sent == KNOWN_BROWSERS_PER_ADDRESS.max_count


def test_a_known_browser_is_told_when_its_own_budget_is_used_up(access: AccessFixture) -> None:
    cookie = known.remember(access.access_context, VICTIM, None)
    for _ in range(PER_KNOWN_BROWSER.max_count):
        assert ask(access, VICTIM, HOME, cookie)
    with pytest.raises(TooMany) as caught:
        ask(access, VICTIM, HOME, cookie)
    assert caught.value.seconds == 3600


@pytest.mark.slow
def test_a_whole_32_cannot_stop_anyone_outside_it(access: AccessFixture) -> None:
    for number in range(PER_NETWORK.per_provider + 100):
        ask(access, f"p{number}@made-up{number % 3}.example", f"2001:db8:{number:x}::1")
    assert len(access.mailer.sent) == PER_NETWORK.per_provider < NEW_PER_DAY.max_count
    assert ask(access, "newcomer@example.org", HOME)
    assert ask(access, "newcomer@example.org", "2001:db9::1")


def test_a_whole_48_sends_no_more_than_one_site(access: AccessFixture) -> None:
    for number in range(300):
        ask(access, f"p{number}@made-up.example", f"2001:db8:7:{number:x}::1")
    assert len(access.mailer.sent) == PER_NETWORK.per_site


def botnet(access: AccessFixture, requests: int, domains: int) -> int:
    """Ask for made-up addresses from a network of its own each; returns how many emails were sent."""
    before = len(access.mailer.sent)
    for number in range(requests):
        ask(access, f"p{number}@made-up{number % domains}.example", f"10.{number // 250 % 250}.{number % 250}.9")
    return len(access.mailer.sent) - before


def test_a_botnet_that_uses_up_the_budget_of_new_addresses_does_not_stop_known_people(access: AccessFixture) -> None:
    cookie = known_member(access)
    other = known.remember(access.access_context, "holder@example.org", None)
    assert botnet(access, NEW_PER_DAY.max_count + 50, 100) == NEW_PER_DAY.max_count
    assert not ask(access, "newcomer@example.org", HOME)
    assert ask(access, VICTIM, HOME)
    assert ask(access, VICTIM, HOME, cookie)
    assert ask(access, "holder@example.org", HOME), "who has signed in before, without a membership"
    assert ask(access, "holder@example.org", HOME, other)
    assert ask(access, "op@laurel.example", HOME)
    access.now += timedelta(days=1)
    assert ask(access, "newcomer@example.org", HOME)


def test_made_up_addresses_of_one_domain_do_not_stop_newcomers_of_others(access: AccessFixture) -> None:
    known.remember(access.access_context, "known@made-up0.example", None)
    assert botnet(access, NEW_PER_DOMAIN.max_count + 50, 1) == NEW_PER_DOMAIN.max_count
    assert not ask(access, "newcomer@sub.made-up0.example", HOME)
    assert ask(access, "newcomer@example.org", HOME)
    assert ask(access, "known@made-up0.example", HOME)


def test_while_sign_in_emails_bounce_only_few_are_sent_to_new_addresses(access: AccessFixture) -> None:
    known_member(access)
    access.mailer.bounces = True
    assert botnet(access, CAREFUL_PER_DOMAIN.max_count + 50, 1) == CAREFUL_PER_DOMAIN.max_count
    assert ask(access, "newcomer@example.org", HOME)
    sent = botnet(access, CAREFUL_PER_DAY.max_count + 100, 100)
    assert sent < CAREFUL_PER_DAY.max_count < NEW_PER_DAY.max_count
    assert not ask(access, "newcomer@example.org", "198.51.100.2")
    assert ask(access, VICTIM, HOME)


def test_bounces_after_the_attack_leave_an_email_to_newcomers_of_other_domains(access: AccessFixture) -> None:
    botnet(access, NEW_PER_DOMAIN.max_count, 1)
    access.mailer.bounces = True
    assert not ask(access, "newcomer@made-up0.example", HOME)
    assert ask(access, "newcomer@example.org", HOME)


def test_a_neighbour_who_uses_up_the_networks_budget_does_not_stop_known_people(access: AccessFixture) -> None:
    cookie = known_member(access)
    for number in range(PER_NETWORK.per_client + 5):
        ask(access, f"p{number}@made-up.example", HOME)
    assert not ask(access, "newcomer@example.org", HOME)
    assert ask(access, VICTIM, HOME)
    assert ask(access, VICTIM, HOME, cookie)


def test_an_address_that_an_attacker_adds_as_a_member_has_the_budgets_of_a_stranger(access: AccessFixture) -> None:
    members.add(access.access_context, "evil", "evil@example.org", Role.OWNER)
    for number in range(60):
        members.add(access.access_context, "evil", f"p{number}@made-up.example", Role.VIEWER)
        ask(access, f"p{number}@made-up.example", "203.0.113.7")
    assert len(access.mailer.sent) == PER_NETWORK.per_client


def test_a_removed_member_has_the_budgets_of_a_stranger(access: AccessFixture) -> None:
    members.add(access.access_context, "north", "owner@example.org", Role.OWNER)
    known_member_cookie = known.remember(access.access_context, VICTIM, None)
    assert not known.person(access.access_context, VICTIM).is_member
    members.add(access.access_context, "north", VICTIM, Role.VIEWER)
    assert known.person(access.access_context, VICTIM).is_member
    members.remove(access.access_context, "north", VICTIM)
    assert not known.person(access.access_context, VICTIM).is_member
    assert known.browser_of(access.access_context, VICTIM, known_member_cookie)


def test_one_network_sends_two_emails_to_one_address_in_a_quarter_of_an_hour(access: AccessFixture) -> None:
    known_member(access)
    assert [ask(access, VICTIM, HOME) for _ in range(5)] == [True] * PER_ADDRESS_AND_NETWORK.per_client + [False] * 3


@pytest.mark.parametrize("email", ["someone@example.org", "victim@example.org.evil.example"])
def test_a_browser_is_known_for_its_own_address_only(access: AccessFixture, email: str) -> None:
    cookie = known.remember(access.access_context, VICTIM, None)
    assert known.browser_of(access.access_context, VICTIM, cookie)
    assert known.browser_of(access.access_context, email, cookie) is None


def test_a_shared_browser_is_known_for_the_last_addresses(access: AccessFixture) -> None:
    cookie = None
    for number in range(known.MAX_ADDRESSES + 2):
        cookie = known.remember(access.access_context, f"p{number}@example.org", cookie)
    assert cookie is not None
    assert len(cookie) <= known.MAX_COOKIE
    found = [known.browser_of(access.access_context, f"p{number}@example.org", cookie) for number in range(7)]
    assert found[:2] == [None, None]
    assert len(set(found[2:])) == 1
    assert found[2]


def test_a_known_browser_expires_and_a_new_year_keeps_it(access: AccessFixture) -> None:
    access.now = datetime(2026, 12, 31, 23, tzinfo=UTC)
    cookie = known_member(access)
    for days in (1, 399):
        access.now = datetime(2026, 12, 31, 23, tzinfo=UTC) + timedelta(days=days)
        assert known.browser_of(access.access_context, VICTIM, cookie)
    assert known.remember(access.access_context, VICTIM, cookie) != cookie
    access.now = datetime(2026, 12, 31, 23, tzinfo=UTC) + known.LIFETIME
    assert known.browser_of(access.access_context, VICTIM, cookie) is None


def test_a_person_who_has_not_signed_in_for_400_days_is_not_known(access: AccessFixture) -> None:
    known_member(access)
    access.now = NOW + known.LIFETIME - timedelta(days=1)
    assert known.person(access.access_context, VICTIM).is_member
    access.now = NOW + known.LIFETIME
    assert not known.person(access.access_context, VICTIM).is_member


def test_forged_cookies_are_ignored(access: AccessFixture) -> None:
    cookie = known.remember(access.access_context, VICTIM, None)
    header, claims, signature = cookie.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "known-2026"}).encode()).decode().rstrip("=")
    other = known.remember(AccessFixture().access_context, VICTIM, None)
    access.session_store.make_key("2026-11-22", b"k" * 32, NOW)
    for forged in (
        "", "x", f"{header}.{claims}.", f"{none}.{claims}.{signature}", f"{header}.{claims[:-2]}AA.{signature}",
        cookie + "A" * known.MAX_COOKIE, other.replace(header, none), f"{cookie}.x",
    ):  # fmt: skip
        assert known.browser(access.access_context, forged) is None


def test_cookie_and_storage_have_no_address(access: AccessFixture) -> None:
    cookie = known.remember(access.access_context, VICTIM, None)
    claims = base64.urlsafe_b64decode(cookie.split(".")[1] + "==").decode()
    stored = repr((access.session_store.known_people, access.session_store.counts))
    ask(access, VICTIM, HOME, cookie)
    for private in (VICTIM, "victim", HOME):
        assert private not in claims
        assert private not in stored


def test_counters_store_no_address_or_network(access: AccessFixture) -> None:
    ask(access, VICTIM, "2001:db8::1")
    stored = repr(access.session_store.counts)
    assert len(access.session_store.counts) == 15
    assert not any(private in stored for private in (VICTIM, "victim", "example", "2001", "db8"))


def test_a_strangers_mailbox_is_not_flooded_through_addresses_with_tags(access: AccessFixture) -> None:
    sent = 0
    for number in range(100):
        access.now = NOW + timedelta(seconds=number * 36)
        sent += ask(access, f"victim+{number}@example.org", f"10.9.9.{number}")
    assert sent == 4 * PER_ADDRESS_FIRST.max_count, "each network asks once"


def test_a_strangers_mailbox_at_gmail_is_not_flooded_through_dots(access: AccessFixture) -> None:
    """Gmail delivers a.da@gmail.com, ad.a@gmail.com and ada@googlemail.com to one mailbox."""
    sent = 0
    for number in range(1, 64):
        name = "".join(f"{letter}." if number >> at & 1 else letter for at, letter in enumerate("victim"))
        host = "gmail.com" if number % 2 else "googlemail.com"
        sent += ask(access, f"{name}m@{host}", f"10.9.9.{number}")
    assert sent == PER_ADDRESS_FIRST.max_count, "each network asks once"


def test_requests_for_addresses_with_tags_do_not_use_up_a_members_budget(access: AccessFixture) -> None:
    known_member(access)
    for number in range(100):
        ask(access, f"victim+{number}@example.org", f"10.9.9.{number}")
    assert ask(access, VICTIM, HOME)


def test_two_customers_of_the_members_ipv6_provider_cannot_lock_the_member_out(access: AccessFixture) -> None:
    known_member(access)
    for quarter in range(4 * 12 - 1):
        access.now = NOW - timedelta(hours=12) + quarter * QUARTER
        for number in range(6):
            ask(access, VICTIM, f"2001:db8:{number % 2}::1")
    access.now += QUARTER
    assert ask(access, VICTIM, "2001:db8:7::1")


def test_a_member_stays_known_for_the_whole_lifetime(access: AccessFixture) -> None:
    """Also across two ends of a year."""
    access.now = datetime(2026, 12, 31, 12, tzinfo=UTC)
    known_member(access)
    access.now += known.LIFETIME - timedelta(seconds=1)
    assert access.now.year == 2028
    assert known.person(access.access_context, VICTIM).is_member
    access.now += timedelta(seconds=1)
    assert not known.person(access.access_context, VICTIM).is_member


def test_every_address_takes_the_same_reads_and_counts() -> None:
    """The time of a request does not reveal whether the address is an operator's, a member's or nobody's."""
    everyone = {"op@laurel.example", VICTIM, "added@example.org", "former@example.org", "nobody@example.org"}
    calls = {}
    for email in everyone:
        store, member_store = RecordingStore(SessionStore()), RecordingStore(MemberStore())
        access = AccessFixture(session_store=store, member_store=member_store)  # type: ignore[arg-type]
        known_member(access)
        known.remember(access.access_context, "former@example.org", None)
        members.add(access.access_context, "north", "added@example.org", Role.VIEWER)
        ask(access, "before@example.org", "203.0.113.7")
        store.calls, member_store.calls = [], []
        assert ask(access, email, HOME)
        calls[email] = (tuple(store.calls), tuple(member_store.calls))
    assert len(set(calls.values())) == 1, calls


def test_repeated_requests_for_one_member_do_not_use_up_the_networks_budget(access: AccessFixture) -> None:
    known_member(access)
    known_member(access, "colleague@example.org")
    for _ in range(MEMBERS_PER_NETWORK.per_client + 5):
        ask(access, VICTIM, HOME)
    assert ask(access, "colleague@example.org", HOME)
