"""Mailboxes of one domain write to every holder in the directory, mailboxes at mail providers write to one holder, and
one network has links sent to made-up addresses. Then the holders report what they got.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from abuse import costs
from abuse.result import Result
from abuse.visitors import World
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.directory.contact import relaying
from chalicelib.directory.profiles.consent import Audience
from chalicelib.directory.profiles.profile import Details, Profile
from chalicelib.directory.profiles.published import Published
from chalicelib.email.message import message as mime
from tests.http.fake_laurel import BASE_URL, id_of

HOLDERS = 40
SENDERS = 30
"""Mailboxes of one domain, each on a network of its own; each writes to every holder."""
PROVIDED = 20
"""Mailboxes at a mail provider, each on a network of its own, that all write to the first holder."""
STRANGERS = 100
"""Made-up addresses for which one network requests links."""
WORDS = {"name": "Mallory", "organization": "Evil", "message": "Buy now! Call 0800-123456 today."}
FORBIDDEN = ("Mallory", "Evil", "Buy now", "0800")
"""Of what the attacker enters, none may be in an email to a stranger."""
_WRITES = 8
"""Write units of a request, whether it is refused or not: its counters, of the network and of the message."""
_WRITES_TO_KEEP = 2
"""Write units to store a message and delete it."""


def run() -> Result:
    """Send, let the holders report, send again on the next day, and let honest recruiters write in between."""
    flood = _Flood()
    flood.of_one_domain()
    of_domain = Counter(flood.received)
    flood.of_mail_provider()
    links, links_with_words = flood.links_to_strangers()
    honest = {
        "a recruiter who writes to another holder": flood.reaches("grace@agency.example", HOLDERS),
        "a recruiter who confirms a message to the flooded holder on the next day": flood.reaches_next_day(),
    }
    reported = flood.report()
    again = flood.of_one_domain()
    sent = len(flood.world.laurel.mailer.sent)
    within = (
        max(of_domain.values()) <= relaying.PER_ORGANIZATION_AND_HOLDER.max_count
        and flood.at_most <= relaying.PER_HOLDER.max_count
        and links <= relaying.PER_NETWORK.per_client
        and not links_with_words
        and not again
    )
    return Result(
        "message-flood",
        requests=flood.requests,
        cost_usd=costs.of_requests(flood.requests)
        + costs.of_emails(sent)
        + costs.of_writes(flood.requests * _WRITES + links * _WRITES_TO_KEEP),
        locked_out=tuple(who for who, reached in honest.items() if not reached),
        sent=sent,
        within_budget=within,
        details={
            "messages_of_one_domain": sum(of_domain.values()),
            "messages_of_one_domain_to_one_holder": max(of_domain.values()),
            "messages_to_one_holder": flood.at_most,
            "links_to_strangers": links,
            "links_with_words_of_the_sender": links_with_words,
            "holders_who_reported": reported,
            "messages_of_the_domain_after_that": again,
        },
    )


@dataclass
class _Flood:
    """The holders, the attackers, and the messages that each holder received."""

    world: World = field(default_factory=World)
    received: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    at_most: int = 0
    """Messages to one holder in a day."""

    def __post_init__(self) -> None:
        for number in range(HOLDERS + 1):  # the last one is not attacked
            self._add_holder(number)

    def of_one_domain(self) -> int:
        """Write to every holder; returns how many messages are relayed."""
        before = sum(self.received.values())
        for sender in range(SENDERS):
            # Each starts elsewhere, so that the limit of a sender is reached with different holders.
            to = [(number + sender * 7) % HOLDERS for number in range(HOLDERS)]
            self._write(f"m{sender}@evil.example", f"198.18.{sender}.1", to)
        return sum(self.received.values()) - before

    def of_mail_provider(self) -> None:
        """Write to the first holder."""
        for sender in range(PROVIDED):
            self._write(f"mallory{sender}@gmail.com", f"198.19.{sender}.1", [0])
        self.at_most = max(self.received.values())

    def links_to_strangers(self) -> tuple[int, int]:
        """How many links are sent to made-up addresses, and how many of these emails have the attacker's words."""
        for number in range(STRANGERS):
            self._ask(f"s{number}@strangers{number}.example", "192.0.2.66", number % HOLDERS)
        links = [one for one in self.world.laurel.mailer.sent if one.kind is Kind.CONTACT_CONFIRMATION]
        return len(links), sum(_has_words(one) for one in links)

    def reaches(self, email: str, number: int) -> bool:
        """Whether a message of a recruiter who is signed in is relayed at once."""
        self._write(email, "203.0.113.5", [number])
        return self._messages()[-1].to == _email(number)

    def reaches_next_day(self) -> bool:
        """Whether a message to the flooded holder, refused today, is relayed tomorrow with the same link."""
        laurel, before = self.world.laurel, len(self._messages())
        self._ask("alan@agency.example", "203.0.113.6", 0)
        link = urlsplit(laurel.mailer.sent[-1].main.url).path
        self._submit(link, {})
        if len(self._messages()) != before:
            return False  # the limit of the holder has not held
        laurel.now += timedelta(days=1)
        self._submit(link, {})
        return self._messages()[-1].reply_to == "alan@agency.example"

    def report(self) -> int:
        """Every holder reports one message of the domain; returns how many do."""
        first = {one.to: one for one in reversed(self._messages()) if (one.reply_to or "").endswith("@evil.example")}
        for one in first.values():
            self._submit(urlsplit(one.main.url).path, {"do": "report", "sure": "yes"})
        return len(first)

    def _add_holder(self, number: int) -> None:
        laurel, email = self.world.laurel, _email(number)
        store, valid = laurel.issuer_store, id_of("valid")
        holder_id = _holder_id(number)
        credential_id = f"c{holder_id[1:]}"
        store._records[credential_id] = replace(store.record(valid), id=credential_id)  # noqa: SLF001
        store._recipients[credential_id] = replace(  # noqa: SLF001 - as if each had been issued
            store.recipient(valid), credential_id=credential_id, email=email
        )
        digest, details, profiles = mailbox.digest(email), Details(f"Holder {number}"), laurel.profile_store
        profiles.profiles[digest] = Profile(digest, holder_id, details, laurel.now)
        shown = Published(
            holder_id,
            details,
            (credential_id,),
            indexed=False,
            since=laurel.now,
            expires_at=None,
            contact=Audience.PUBLIC,
        )
        profiles.public[holder_id] = profiles.recruiters[holder_id] = shown

    def _write(self, email: str, address: str, to: list[int]) -> None:
        sender = self.world.signed_in(email, address)
        for number in to:
            before = len(self._messages())
            sender.post(f"/holders/{_holder_id(number)}/contact", WORDS)
            self.requests += 1
            self.received[_holder_id(number)] += len(self._messages()) - before

    def _ask(self, email: str, address: str, number: int) -> None:
        """Write without signing in."""
        body = urlencode({**WORDS, "email": email}).encode()
        self._post(f"/holders/{_holder_id(number)}/contact", body, address)

    def _submit(self, path: str, fields: dict[str, str]) -> None:
        self._post(path, urlencode(fields).encode(), "203.0.113.9")

    def _post(self, path: str, body: bytes, address: str) -> None:
        self.requests += 1
        self.world.at(address).post(
            path, body, content_type="application/x-www-form-urlencoded", accept="text/html", origin=BASE_URL
        )

    def _messages(self) -> list[EmailContent]:
        return [one for one in self.world.laurel.mailer.sent if one.kind is Kind.CONTACT]


def _email(number: int) -> str:
    return f"holder{number}@victims.example"


def _holder_id(number: int) -> str:
    letters = "abcdefghij"
    return "h" * 24 + letters[number // 10] + letters[number % 10]


def _has_words(email: EmailContent) -> bool:
    built = mime(email, "laurel@laurel.example")
    text = str(built["subject"]) + "".join(
        str(part.get_payload(decode=True)) for part in built.walk() if not part.is_multipart()
    )
    return any(word in text for word in FORBIDDEN)
