"""Strangers request sign-in emails: ten requests from two networks for one person, thousands for made-up addresses from
one IPv6 /48 and from a /32, 200 networks that ask for one member's emails for an hour, and 3,000 networks that ask for
made-up addresses, all of which bounce.

After each attack, five people ask for a link: on a browser that has signed in before, as a member and as someone else
who has signed in before on a new browser, as a new person, and as a new person whose own address was attacked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from abuse import costs, prices
from abuse.result import Result
from chalicelib.access import members
from chalicelib.access.roles import Role
from chalicelib.access.sign_in import known, links
from chalicelib.delivery.limits import reputation
from chalicelib.delivery.limits.reputation import Problem, Reputation
from chalicelib.language.languages import DEFAULT
from tests.access.fakes import NOW, AccessFixture, Mailer, SessionStore

KNOWN, MEMBER, NEW, ATTACKED = "known@example.org", "member@example.org", "new@example.org", "attacked@example.org"
FORMER = "signed-in-before@example.org"
MEMBER_ON_NEW_BROWSER = "a member on a new browser"
"""Nobody can tell this person from the 200 networks of the last attack, so that one is reported and not counted: a
known browser or a sign-in provider remains (decision 20)."""
NEWCOMER = "a new person on another network"
"""Nobody can tell this person from the made-up addresses of 3,000 networks, so that one is reported and not counted
either: it ends with the day, and a sign-in provider remains."""
HOME = "198.51.100.1"
"""A network that takes no part in the attack."""
MADE_UP = "-made-up.example"
MAX_WAIT = links.QUARTER
"""How long a person who is unknown may wait when others ask for their own address: as long as a link is valid."""
MAX_PER_MAILBOX = 4 * (links.PER_MEMBER.max_count + links.PER_MEMBER_FIRST.max_count)
"""Emails an hour to one mailbox that others can cause (decision 20)."""

MAX_BOUNCED = reputation.MIN_SIGN_IN_PROBLEMS + links.CAREFUL_PER_DAY.max_count
"""Emails a day to addresses that nobody has used, if all of them bounce at once."""

Request = tuple[int, str, str]
"""Seconds since the start, the client's address, and the email address."""


class CountingStore(SessionStore):
    """A session store that counts the writes of counters, also of those that are refused."""

    writes = 0

    def count(self, name: str, most: int, expires: datetime) -> bool:
        self.writes += 1
        return super().count(name, most, expires)


class BouncingMailer(Mailer):
    """A mailer whose emails to made-up addresses bounce at once, if ``is_bouncing``."""

    is_bouncing = False
    counts = Reputation(reputation.SIGN_IN)
    now = NOW

    def too_many_bounce(self) -> bool:
        return reputation.is_paused(self.counts, self.now)

    def send_sign_in(self, email: str, link: str, minutes: int, language: str = DEFAULT) -> None:
        super().send_sign_in(email, link, minutes, language)
        self.counts = reputation.with_sent(self.counts, self.now)
        if self.is_bouncing and email.endswith(MADE_UP):
            self.counts = reputation.with_problem(self.counts, Problem.BOUNCED, email, self.now)


@dataclass
class Attack:
    """A deployment during one attack."""

    access: AccessFixture = field(
        default_factory=lambda: AccessFixture(session_store=CountingStore(), mailer=BouncingMailer())
    )
    requests: int = 0
    made_up: Counter[str] = field(default_factory=Counter)
    """Emails to made-up addresses, by the client's address."""

    def __post_init__(self) -> None:
        members.add(self.access.access_context, "north", MEMBER, Role.OWNER)
        known.remember(self.access.access_context, MEMBER, None)
        known.remember(self.access.access_context, FORMER, None)
        self.cookie = known.remember(self.access.access_context, KNOWN, None)

    def run(self, requests: Iterator[Request]) -> None:
        """Send the attacker's requests."""
        for seconds, client, email in requests:
            self.access.now = NOW + timedelta(seconds=seconds)
            sent = self.ask(email, client)
            self.requests += 1
            self.made_up[client] += sent and email.endswith(MADE_UP)

    def ask(self, email: str, client: str, cookie: str | None = None) -> bool:
        """Request a link and return whether an email was sent."""
        before = len(self.access.mailer.sent)
        self.access.mailer.now = self.access.now  # type: ignore[attr-defined]
        links.request(self.access.access_context, email, "/", client, None, cookie)
        return len(self.access.mailer.sent) > before

    def locked_out(self) -> set[str]:
        """Who gets no email now."""
        asked = {
            "a person on a known browser": self.ask(KNOWN, HOME, self.cookie),
            MEMBER_ON_NEW_BROWSER: self.ask(MEMBER, HOME),
            "a person who has signed in before": self.ask(FORMER, HOME),
            NEWCOMER: self.ask(NEW, HOME),
        }
        return {who for who, sent in asked.items() if not sent}

    def wait(self) -> timedelta:
        """How long a new person waits whose own address is attacked; the clock ends there."""
        start = self.access.now
        while not self.ask(ATTACKED, HOME) and self.access.now - start < timedelta(hours=1):
            self.access.now += timedelta(minutes=1)
        return self.access.now - start

    @property
    def per_mailbox(self) -> int:
        """Emails to the mailbox that got most."""
        return max(Counter(email for email, _ in self.access.mailer.sent).values(), default=0)

    @property
    def cost(self) -> float:
        """Dollars of requests, counters, emails and their links."""
        sent, writes = len(self.access.mailer.sent), self.access.session_store.writes  # type: ignore[attr-defined]
        return costs.of_requests(self.requests) + costs.of_writes(writes + sent) + sent * prices.SES_EMAIL


def run() -> Result:
    """Run the five attacks, each against a deployment of its own, within one hour."""
    attacks = [Attack() for _ in _ATTACKS]
    locked_out: list[str] = []
    sent, waits = 0, timedelta()
    mailbox, kept_out, newcomer_kept_out = 0, False, False
    for attack, requests in zip(attacks, _ATTACKS, strict=True):
        attack.access.mailer.is_bouncing = requests is _many_networks  # type: ignore[attr-defined]
        attack.run(requests())
        sent += len(attack.access.mailer.sent)
        mailbox = max(mailbox, attack.per_mailbox)
        refused = attack.locked_out()
        if requests is _one_mailbox:
            kept_out = MEMBER_ON_NEW_BROWSER in refused
            refused -= {MEMBER_ON_NEW_BROWSER}
        if requests is _many_networks:
            newcomer_kept_out = NEWCOMER in refused
            refused -= {NEWCOMER}
        locked_out += [f"{who} ({requests.__name__.strip('_')})" for who in sorted(refused)]
        if requests is not _many_networks:
            waits = max(waits, attack.wait())
    if waits > MAX_WAIT:
        locked_out.append("a new person whose address is attacked")
    per_client = max(max(attack.made_up.values()) for attack in attacks)
    per_attack = [sum(attack.made_up.values()) for attack in attacks]
    _, site, provider, _, many = per_attack
    limit = links.PER_NETWORK
    return Result(
        "sign-in-flood",
        requests=sum(attack.requests for attack in attacks),
        cost_usd=sum(attack.cost for attack in attacks),
        locked_out=tuple(locked_out),
        sent=sent,
        within_budget=mailbox <= MAX_PER_MAILBOX
        and per_client <= limit.per_client
        and site <= limit.per_site
        and provider <= limit.per_provider
        and many <= MAX_BOUNCED,
        details={
            "mailbox_an_hour": mailbox,
            "made_up_an_hour_per_client": per_client,
            "made_up_an_hour_per_48": site,
            "made_up_an_hour_per_32": provider,
            "made_up_a_day_from_3000_networks": many,
            "newcomer_kept_out_by_3000_networks": newcomer_kept_out,
            "member_on_new_browser_kept_out_by_200_networks": kept_out,
            "minutes_until_an_attacked_new_person_gets_one": waits.total_seconds() / 60,
        },
    )


def _two_networks() -> Iterator[Request]:
    for email in (KNOWN, MEMBER, ATTACKED):
        for number in range(10):
            yield 60, f"203.0.113.{number % 2}", email


def _one_48() -> Iterator[Request]:
    """The 99 /56 networks of one /48, from which 31 each used to exhaust everybody's limit."""
    for number in range(99 * 31):
        client = f"2001:db8:7:{number % 99:x}{number // 99:02x}::1"
        yield number, client, f"a{number}@a{MADE_UP}"


def _one_32() -> Iterator[Request]:
    """5,000 sites of one /32; one of them asks from a single network first."""
    for number in range(100):
        yield 0, "2001:db8:ffff::1", f"b{number}@b{MADE_UP}"
    for number in range(5_000):
        yield number // 2, f"2001:db8:{number:x}::1", f"c{number}@c{number % 3}{MADE_UP}"


def _one_mailbox() -> Iterator[Request]:
    """200 networks that ask for one member's emails."""
    for number in range(400):
        yield number * 9, f"10.9.9.{number // 2}", MEMBER


def _many_networks() -> Iterator[Request]:
    """3,000 networks that ask for a made-up address each, of 100 domains, within an hour."""
    for number in range(3000):
        yield number, f"10.{number // 250}.{number % 250}.9", f"d{number}@mail.d{number % 100}{MADE_UP}"


_ATTACKS: tuple[Callable[[], Iterator[Request]], ...] = (_two_networks, _one_48, _one_32, _one_mailbox, _many_networks)
