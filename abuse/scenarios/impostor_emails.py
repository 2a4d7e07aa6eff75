"""Someone tries to create a free issuer with a registered issuer's name, then creates 2,000 issuers that write to 100
addresses each, with words of their own wherever they can. The addresses of the first one bounce.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from abuse import costs
from abuse.result import Result
from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuers import creator, issuer_actions
from chalicelib.award.issuing import issue
from chalicelib.credential.build import Holder
from chalicelib.credential.issuer import DomainProof, ProofLocation
from chalicelib.credential.record import Record
from chalicelib.delivery import email_events
from chalicelib.delivery.email_events import EmailEvent, EmailEventType
from chalicelib.delivery.emails.parts.email_content import EmailContent
from chalicelib.delivery.handlers import handlers
from chalicelib.delivery.limits import pausing, quota
from chalicelib.email.message import message
from chalicelib.errors import Refused
from chalicelib.tasks.task_queue import Task
from tests.http.fake_laurel import Laurel, picture, seeded

ISSUERS = 2_000
ADDRESSES = 100
"""Of each issuer: as many credentials as it may issue in a day."""
DELIVERED = 40
"""Issuers whose credentials are issued and delivered; more than it takes to use up the shared budget. The emails of the
others are only counted on the quotas, as delivering does, which saves minutes."""
_SECRET = b"k" * 32
ATTACKER = creator.creator_ids(_SECRET, "mallory@evil.example", "192.0.2.1")
"""The one mailbox and network from which the issuers are created."""
TRIED = quota.UNPROVEN_ISSUER.max_count + 1
"""Emails of each of the others: the quota of one issuer is reached, so more make no difference."""
LOOK_ALIKES = (
    "Fernhill College", "FERNHILL COLLEGE", "Fernhill-College", "Fernhi11 College", "Fеrnhill Cоllege",
    "Férnhill Collège", "𝐅𝐞𝐫𝐧𝐡𝐢𝐥𝐥 𝐂𝐨𝐥𝐥𝐞𝐠𝐞",
)  # fmt: skip
"""Names that a reader mistakes for the registered issuer's."""
HOSTILE = "Fernhill College: your account is on hold, call 0800-123456 or visit evil.example"
FORBIDDEN = ("on hold", "0800", "evil", "Fernhill", "Reply-To")
"""Of what the attacker writes, none may be in an email."""
MAX_BOUNCES = 5
"""Bounces after which the emails of an issuer with few emails are paused (decision 20)."""
REQUESTS_PER_ISSUER = 3
"""Create the issuer, create an achievement, upload the rows."""


def run() -> Result:
    """Try the names, send the emails, let them bounce, and send those of two honest issuers."""
    laurel = seeded()
    taken = [name for name in LOOK_ALIKES if _may_be_called(laurel, name)]
    impostors = _Impostors(laurel)
    for number in range(DELIVERED):
        impostors.send(number)
    allowed = sum(impostors.count(number) for number in range(DELIVERED, ISSUERS))
    emails = list(laurel.mailer.sent)
    per_issuer = max(impostors.sent.values())
    sent = len(emails) + allowed
    with_words = sum(_has_words(email) for email in emails)
    honest = {
        "a registered issuer": _reaches(laurel, "fernhill"),
        "an issuer with a domain": _reaches(laurel, _with_domain(laurel)),
        "a new issuer of another creator": _reaches(laurel, _new(laurel, "newcomer")),
    }
    bounces, after_pause = impostors.bounce(0)
    budget = laurel.settings.unproven_emails // quota.CREATOR_SHARE
    return Result(
        "impostor-emails",
        requests=len(LOOK_ALIKES) + ISSUERS * REQUESTS_PER_ISSUER,
        cost_usd=costs.of_requests(len(LOOK_ALIKES) + ISSUERS * REQUESTS_PER_ISSUER)
        + costs.of_credentials(ISSUERS * ADDRESSES)
        + costs.of_emails(sent)
        + costs.of_writes((ISSUERS * ADDRESSES - sent) * _WRITES_TO_DEFER),
        locked_out=tuple(who for who, reached in honest.items() if not reached),
        sent=sent,
        within_budget=sent <= budget
        and per_issuer <= quota.UNPROVEN_ISSUER.max_count
        and not with_words
        and not taken
        and bounces <= MAX_BOUNCES
        and after_pause == 0,
        details={
            "look_alike_names_refused": len(LOOK_ALIKES) - len(taken),
            "emails_tried": ISSUERS * ADDRESSES,
            "emails_of_one_issuer": per_issuer,
            "emails_with_words_of_the_issuer": with_words,
            "bounces_until_paused": bounces,
            "emails_on_the_next_day_while_paused": after_pause,
        },
    )


_WRITES_TO_DEFER = 4
"""Writes to defer an email, as the scenario deferred-emails measures, beside those of its counters."""


def _may_be_called(laurel: Laurel, name: str) -> bool:
    try:
        _create(laurel, "look-alike", name)
    except Refused:
        return False
    return True


@dataclass
class _Impostors:
    """The issuers, and how many emails each sent."""

    laurel: Laurel
    sent: Counter[int] = field(default_factory=Counter)

    def send(self, number: int) -> None:
        """Create the issuer ``number``, issue to its addresses and deliver."""
        laurel, before = self.laurel, len(self.laurel.mailer.sent)
        record = _issue(laurel, _create(laurel, f"impostor-{number}", HOSTILE), f"p{number}@victims.example")
        self._deliver(number, record)
        self.sent[number] = len(laurel.mailer.sent) - before
        laurel.tasks.status.clear()  # what waits is due on the next day

    def count(self, number: int) -> int:
        """How many emails of the issuer ``number`` the quotas allow."""
        issuer = replace(self.laurel.issuer_store.issuer("impostor-0"), id=f"impostor-{number}")
        allowed = 0
        for address in range(TRIED):
            with suppress(quota.Exceeded):
                quota.count(self.laurel.delivery_context, issuer, f"p{number}-{address}@victims.example")
                allowed += 1
        return allowed

    def bounce(self, number: int) -> tuple[int, int]:
        """Let the emails of the issuer ``number`` bounce until it is paused. Return how many did, and how many emails
        it sends on the next day."""
        laurel, issuer_id, bounces = self.laurel, f"impostor-{number}", 0
        emails = laurel.mailer.sent[: self.sent[number]]
        while not pausing.is_paused(laurel.delivery_context, issuer_id) and bounces < len(emails):
            event = EmailEvent(
                EmailEventType.BOUNCED, f"mail-{bounces + 1}@ses.example", (emails[bounces].to,), laurel.now
            )
            email_events.apply(laurel.delivery_context, event)
            bounces += 1
        laurel.now += timedelta(days=1)
        before = len(laurel.mailer.sent)
        self._deliver(number, _issue(laurel, issuer_id, "another@victims.example"))
        return bounces, len(laurel.mailer.sent) - before

    def _deliver(self, number: int, record: Record) -> None:
        """Deliver the credential, and one like it to each of the other addresses."""
        store, deliver = self.laurel.issuer_store, handlers(self.laurel.delivery_context)["deliver"]
        recipient = store.recipient(record.id)
        for address in range(ADDRESSES):
            like_it = replace(record, id=f"{address:03}{record.id[3:]}")
            store._records[like_it.id] = like_it  # noqa: SLF001 - signing 200,000 credentials would take too long
            store._recipients[like_it.id] = replace(  # noqa: SLF001
                recipient, credential_id=like_it.id, email=f"p{number}-{address}@victims.example"
            )
            deliver(Task("deliver", record.issuer_id, like_it.id, self.laurel.now))
            del store._records[like_it.id], store._recipients[like_it.id]  # noqa: SLF001


def _create(laurel: Laurel, issuer_id: str, name: str) -> str:
    url = f"https://{issuer_id}.evil.example/"
    new = issuer_actions.NewIssuer(issuer_id, name, url, HOSTILE, email="reply@evil.example")
    return issuer_actions.create(laurel.issuer_context, new, creator=ATTACKER).id


def _issue(laurel: Laurel, issuer_id: str, email: str) -> Record:
    """Issue a credential with the attacker's words, and forget its task."""
    achievement = achievements.add(
        laurel.issuer_context, NewAchievement(issuer_id, HOSTILE, HOSTILE, HOSTILE, picture(), HOSTILE)
    )
    award = issue.Award(issuer_id, achievement.id, Holder(HOSTILE, email), notify=True)
    return issue.issue(laurel.issuer_context, award)


def _has_words(email: EmailContent) -> bool:
    """Whether a reader of ``email`` sees anything that the attacker wrote."""
    built = message(email, "laurel@laurel.example")
    bodies = [str(part.get_payload(decode=True)) for part in built.walk() if not part.is_multipart()]
    text = "\n".join([*(f"{name}: {value}" for name, value in built.items()), *bodies])
    return any(word in text for word in FORBIDDEN)


def _reaches(laurel: Laurel, issuer_id: str) -> bool:
    """Whether an email of an honest issuer is sent at once."""
    record = _issue(laurel, issuer_id, "student@honest.example")
    handlers(laurel.delivery_context)["deliver"](Task("deliver", issuer_id, record.id, laurel.now))
    return laurel.mailer.sent[-1].to == "student@honest.example"


def _with_domain(laurel: Laurel) -> str:
    """A new issuer whose domain is proven."""
    issuer = laurel.issuer_store.issuer(_new(laurel, "honest"))
    proof = DomainProof("honest.example", ProofLocation.DNS, laurel.now, "0" * 64)
    laurel.issuer_store.replace_issuer(replace(issuer, domains=(proof,), version=issuer.version + 1))
    return issuer.id


def _new(laurel: Laurel, issuer_id: str) -> str:
    """A new issuer of an honest person."""
    new = issuer_actions.NewIssuer(issuer_id, f"School {issuer_id}", f"https://{issuer_id}.example/", "Teaches.")
    created_by = creator.creator_ids(_SECRET, f"head@{issuer_id}.example", "198.51.100.1")
    return issuer_actions.create(laurel.issuer_context, new, creator=created_by).id
