"""One person with a /48 and any number of email addresses creates issuers for a day, and proves subdomains for all.

All issue at once. What creates a cost for ever is a key, so keys are what is counted.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, islice

from abuse import costs, prices
from abuse.result import Result
from abuse.visitors import World
from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuing import issue
from chalicelib.credential.build import Holder
from chalicelib.credential.issuer import DomainProof, ProofLocation
from chalicelib.errors import LaurelError
from tests.http.fake_laurel import Laurel, picture

PEOPLE = 1_000
"""Made-up addresses; each tries to create one issuer."""
SUBNETS = 256
"""The /56 networks of a /48."""
WRITES_PER_ISSUER = 2 * 9
"""Write units of the transaction that stores an issuer: its item, pointers, status lists, and first member."""
WRITES_PER_ACHIEVEMENT = 2 * 2


def run() -> Result:
    """Create issuers that issue without proof, then some with proof, then let an honest person do the same."""
    world = World()
    laurel = world.laurel
    before = len(laurel.signer.created)
    addresses = islice(cycle(f"2001:db8:1:{number:x}00::1" for number in range(SUBNETS)), PEOPLE)
    ids = [_create(world, f"p{number}@attacker.example", address) for number, address in enumerate(addresses)]
    created = [issuer_id for issuer_id in ids if issuer_id is not None]
    issued = sum(_issue(laurel, issuer_id) for issuer_id in created)
    unproven_keys = len(laurel.signer.created) - before
    for issuer_id in created:
        _prove(laurel, issuer_id)
        issued += _issue(laurel, issuer_id)
    keys = len(laurel.signer.created) - before
    requests = 3 * PEOPLE + 2 * len(created)
    return Result(
        "many-issuers",
        requests=requests,
        cost_usd=keys * prices.KMS_KEY_MONTH
        + costs.of_requests(requests)
        + costs.of_writes(len(created) * WRITES_PER_ISSUER + issued * WRITES_PER_ACHIEVEMENT)
        + costs.of_credentials(issued),
        locked_out=tuple(_locked_out(world)),
        within_budget=unproven_keys == 0 and keys <= laurel.key_policy.new_keys_per_day,
        details={
            "issuers": len(created),
            "keys_of_unproven_issuers": unproven_keys,
            "keys_of_issuers_with_a_domain": keys - unproven_keys,
            "cost_usd_of_the_keys_a_month": keys * prices.KMS_KEY_MONTH,
        },
    )


def _locked_out(world: World) -> list[str]:
    """Which honest people of another network cannot create an issuer and issue, before and after proving a domain."""
    issuer_id = _create(world, "director@honest.example", "198.51.100.7")
    if issuer_id is None:
        return ["a person of another network who creates a first issuer"]
    failed = [] if _issue(world.laurel, issuer_id) else ["a new issuer that issues"]
    _prove(world.laurel, issuer_id)
    return failed if _issue(world.laurel, issuer_id) else [*failed, "an issuer with a domain that issues"]


def _create(world: World, email: str, address: str) -> str | None:
    """Create an issuer in the console and return its id, None if it was refused."""
    name = "".join(each if each.isalnum() else "-" for each in email)
    browser = world.signed_in(email, address)
    form = {"name": name, "id": name, "url": "https://attacker.example/", "description": "Teaches."}
    return name if browser.post("/console/new", form).status == 303 else None


def _prove(laurel: Laurel, issuer_id: str) -> None:
    issuer = laurel.issuer_store.issuer(issuer_id)
    proof = DomainProof(f"{issuer_id}.attacker.example", ProofLocation.DNS, laurel.now, "0" * 64)
    laurel.issuer_store.replace_issuer(replace(issuer, domains=(proof,), version=issuer.version + 1))


def _issue(laurel: Laurel, issuer_id: str) -> bool:
    new = NewAchievement(issuer_id, "Course", "Teaches.", "Attend.", picture(), "A bar chart")
    try:
        achievement = achievements.add(laurel.issuer_context, new)
        issue.issue(laurel.issuer_context, issue.Award(issuer_id, achievement.id, Holder("Ada Nwosu", None)))
    except LaurelError:
        return False
    return True
