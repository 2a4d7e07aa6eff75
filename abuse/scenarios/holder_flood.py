"""One issuer with a proven domain gives an address 5,000 credentials; three others give it one each."""

from __future__ import annotations

from dataclasses import replace

from abuse import costs
from abuse.result import Result
from abuse.visitors import World
from chalicelib.award.issuers import issuer_actions
from chalicelib.credential.issuer import DomainProof, ProofLocation
from chalicelib.delivery.handlers import handlers
from chalicelib.delivery.holder import actions as holder_actions
from chalicelib.delivery.holder import home as holder_home
from chalicelib.delivery.limits import quota
from chalicelib.tasks.task_queue import Task
from tests.http.fake_laurel import Laurel
from tests.http.holder.flood import CountedReads, give, link_path, shown_ids

FLOODER = "aaa"
"""Sorts before all others."""
OTHERS = ("mmm", "yyy", "zzz")
FLOOD = 5_000
MAX_READS = 2 * holder_home.PAGE_SIZE
"""Reads of one page."""


def run() -> Result:
    """Flood the holder, then open the first page."""
    world = World()
    laurel = world.laurel
    for one, recipient in laurel.issuer_store._recipients.items():  # noqa: SLF001 - the seeded ones are another's
        laurel.issuer_store._recipients[one] = replace(recipient, email="eve@example.org")  # noqa: SLF001
    flood = _give(laurel, FLOODER, FLOOD)
    given = {issuer_id: _give(laurel, issuer_id, 1)[0] for issuer_id in OTHERS}
    path = link_path(laurel, None)
    shown = shown_ids(world.at("198.51.100.7").get(path, accept="text/html").text)
    reads = _reads(laurel, path)
    sent = _emails_of_a_day(laurel, flood)
    return Result(
        "holder-flood",
        requests=FLOOD,
        cost_usd=costs.of_requests(FLOOD) + costs.of_credentials(FLOOD) + costs.of_emails(sent) + costs.of_reads(reads),
        locked_out=tuple(f"the issuer {issuer_id}" for issuer_id, one in given.items() if one not in shown),
        sent=sent,
        within_budget=reads <= MAX_READS and sent <= quota.PER_RECIPIENT.max_count,
        details={"shown_of_the_flood": len(set(shown) & set(flood)), "reads_of_the_page": reads},
    )


def _give(laurel: Laurel, issuer_id: str, count: int) -> list[str]:
    new = issuer_actions.NewIssuer(issuer_id, f"School {issuer_id}", f"https://{issuer_id}.example/", "Gives.")
    issuer = issuer_actions.create(laurel.issuer_context, new)
    proof = DomainProof(f"{issuer_id}.example", ProofLocation.DNS, laurel.now, "0" * 64)
    laurel.issuer_store.replace_issuer(replace(issuer, domains=(proof,), version=issuer.version + 1))
    given = give(laurel, issuer_id, count)
    recipients = laurel.issuer_store._recipients  # noqa: SLF001
    recipients.update({one: replace(recipients[one], notify=True) for one in given})
    return given


def _reads(laurel: Laurel, path: str) -> int:
    """Reads of the archive for the first page."""
    archive = CountedReads(laurel.issuer_store)
    context = replace(laurel.delivery_context, archive=archive)
    holder_actions.view(context, path.rpartition("/")[2], person=False)
    return sum(archive.calls.values())


def _emails_of_a_day(laurel: Laurel, flood: list[str]) -> int:
    """Emails to the holder about the flood on the first day. The later ones wait, so trying some hundreds is enough."""
    deliver = handlers(laurel.delivery_context)["deliver"]
    for credential_id in flood[:500]:
        deliver(Task("deliver", FLOODER, credential_id, laurel.now))
    return len(laurel.mailer.sent)
