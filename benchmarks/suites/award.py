"""CPU time of issuing: building, canonicalising and serialising. Signing and the network are excluded: the key service
is replaced, and requests to DynamoDB are answered just before they would be sent."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.awsrequest import AWSResponse

from benchmarks.fake_aws import Body
from benchmarks.line import Line
from benchmarks.rounds import progress
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import batch, issue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.keys.key_policy import KeyPolicy
from chalicelib.award.ports import NewKey
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.build import Holder
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.credential.multibase import encode_ed25519
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.counters import DynamoCounters
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import LaurelError

MANY = 1_000
ROUNDS = 3
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
_KEY = encode_ed25519(bytes(32))
ISSUER = Issuer(
    "acme",
    "did:web:laurel.example:issuers:acme",
    "Acme Academy",
    "https://acme.example/",
    "Courses for makers.",
    (SigningKey(_KEY, _KEY, "key-1", NOW),),
    "a" * 26,
    "b" * 26,
)
ACHIEVEMENT = Achievement(
    "3f2b7a52-6f0e-4c33-9f0e-0d6c0f5f9c11",
    "acme",
    "Data analysis in practice",
    "Can gather, clean and read data, and say what it does not show.",
    "Analyse three sets of data of your own choice, and defend what you found before the class.",
    "https://laurel.example/images/" + "0" * 64 + ".png",
    "A wheel",
    (Skill("Analyse data", "https://skills.example/7", "ESCO", "7"),),
)


class _Signer:
    """A key service that signs without delay; the signatures are invalid."""

    def create(self, issuer_id: str) -> NewKey:  # noqa: ARG002 - port
        return NewKey("key-1", bytes(32))

    def public(self, handle: str) -> bytes:  # noqa: ARG002 - port
        return bytes(32)

    def sign(self, handle: str, message: bytes) -> bytes:  # noqa: ARG002 - port
        return bytes(64)


class _IssuerStore(DynamoIssuerStore):
    """A store with one issuer and one achievement. Writes take the real path up to the socket."""

    def issuer(self, issuer_id: str) -> Issuer:  # noqa: ARG002 - port
        return ISSUER

    def achievement(self, issuer_id: str, achievement_id: str) -> Achievement:  # noqa: ARG002 - port
        return ACHIEVEMENT


def lines() -> Iterator[Line]:
    """Measure `issue_many` against `issue`, in credentials per second of this process's CPU time."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    tables = Tables(
        credentials="credentials",
        directory="directory",
        events="events",
        secrets="secrets",
        erasures="erasures",
        region="eu-central-1",
    )
    tables.client.meta.events.register("before-send.dynamodb", _answer)
    randomness = random.Random(1).randbytes
    issuer_context = IssuerContext(
        _IssuerStore(tables),
        _Signer(),
        "https://laurel.example",
        lambda: NOW,
        randomness,
        KeyPolicy("shared", 0),
        DynamoCounters(tables),
    )
    awards = [
        Award("acme", ACHIEVEMENT.id, Holder(f"Ada Lovelace {number}", f"ada{number}@example.org"), notify=True)
        for number in range(MANY)
    ]
    many, single = [], []
    for number in range(ROUNDS):
        progress(f"award/issue: round {number + 1} of {ROUNDS}")
        many.append(_seconds(lambda: _all_done(batch.issue_many(issuer_context, "acme", awards))))
        single.append(_seconds(lambda: [issue.issue(issuer_context, award) for award in awards]))
    yield Line(
        "award/issue_many",
        MANY / min(many),
        "credentials/s",
        peer="one by one",
        peer_value=MANY / min(single),
    )


def _all_done(outcomes: list[Any]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, LaurelError):
            raise outcome


def _seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def _answer(event_name: str, **_: object) -> AWSResponse:
    body = b'{"Responses":{}}' if event_name.endswith("BatchGetItem") else b"{}"
    return AWSResponse("https://answered.invalid", 200, {"x-amzn-requestid": "none"}, Body(body))
