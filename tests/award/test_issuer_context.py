"""Ids and the clock of the issuer context."""

from __future__ import annotations

import random
import re
import uuid
from datetime import UTC, datetime, timedelta, timezone

from chalicelib.award.issuer_context import IssuerContext
from tests.award.fakes import BASE_URL
from tests.fakes import KEY_POLICY, Counters, IssuerStore, Signer


def issuer_context(now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> IssuerContext:
    return IssuerContext(
        IssuerStore(), Signer(), BASE_URL, lambda: now, random.Random(5).randbytes, KEY_POLICY, Counters()
    )


def test_public_ids_are_unique_and_have_26_base32_characters() -> None:
    context = issuer_context()
    ids = [context.public_id() for _ in range(500)]
    assert len(set(ids)) == 500
    assert all(re.fullmatch("[a-z2-7]{26}", name) for name in ids)


def test_every_character_of_a_public_id_varies() -> None:
    context = issuer_context()
    columns = list(zip(*[context.public_id() for _ in range(500)], strict=True))
    assert all(len(set(column)) == 32 for column in columns)


def test_uuids_have_version_4() -> None:
    assert uuid.UUID(issuer_context().uuid()).version == 4


def test_now_is_utc_in_whole_seconds() -> None:
    timestamp = datetime(2026, 7, 1, 12, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert issuer_context(timestamp).now() == datetime(2026, 7, 1, 10, 0, 0, tzinfo=UTC)
