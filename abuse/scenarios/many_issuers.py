"""One person with a /48 and any number of email addresses creates issuers for a day."""

from __future__ import annotations

from itertools import cycle, islice

from abuse import prices
from abuse.result import Result
from abuse.visitors import World

PEOPLE = 1_000
"""Made-up addresses; each tries to create one issuer."""
SUBNETS = 256
"""The /56 networks of a /48."""
MAX_KEYS = 100
"""Keys that one day may create at most, in dollars a month: what a programme with many new issuers needs."""
WRITES_PER_ISSUER = 2 * 9
"""Write units of the transaction that stores an issuer: its item, pointers, status lists, and first member."""


def run() -> Result:
    """Create issuers until refused, then let an honest person create one."""
    world = World()
    signer = world.laurel.signer
    before = len(signer._keys)  # noqa: SLF001 - the fake key service
    addresses = islice(cycle(f"2001:db8:1:{number:x}00::1" for number in range(SUBNETS)), PEOPLE)
    created = sum(_create(world, f"p{number}@attacker.example", address) for number, address in enumerate(addresses))
    keys = len(signer._keys) - before  # noqa: SLF001
    honest = _create(world, "director@honest.example", "198.51.100.7")
    return Result(
        "many-issuers",
        requests=PEOPLE,
        cost_usd=keys * prices.KMS_KEY_MONTH
        + created * WRITES_PER_ISSUER * prices.DYNAMODB_WRITE
        + PEOPLE * (prices.GATEWAY_REQUEST + prices.LAMBDA_REQUEST),
        locked_out=() if honest else ("a person of another network who creates a first issuer",),
        within_budget=keys <= MAX_KEYS,
        details={"issuers": created, "keys": keys, "cost_usd_a_year": keys * prices.KMS_KEY_MONTH * 12},
    )


def _create(world: World, email: str, address: str) -> bool:
    name = "".join(each if each.isalnum() else "-" for each in email)
    browser = world.signed_in(email, address)
    form = {"name": name, "id": name, "url": "https://attacker.example/", "description": "Teaches."}
    return browser.post("/console/new", form).status == 303
