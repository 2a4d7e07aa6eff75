"""Webhook signatures: official vectors, comparison with the reference library, and refusals."""

from __future__ import annotations

import base64
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.award.webhooks.signature import (
    MAX_SIGNATURE_HEADER,
    TOLERANCE,
    Message,
    read_secret,
    sign,
    verify,
    write_secret,
)
from chalicelib.errors import Malformed, Unauthenticated
from tests.examples import examples

# standard-webhooks/standard-webhooks, libraries/testdata/signatures.json at e636d18.
OFFICIAL = Message(
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "1696200454",
    "v1,GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8qs=",
    b'{"type": "example.created", "timestamp":"2023-09-28T19:20:22+00:00", '
    b'"data":{"str":"string","bool":true,"int":42}}',
)
SECRET = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
OTHER = b"another secret of thirty-two byte"
THEN = datetime.fromtimestamp(1696200454, UTC)

# The signing test of the reference library, libraries/python/tests/test_webhooks.py at 33d368b.
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_official_vectors_verify() -> None:
    verify(OFFICIAL, [SECRET], THEN)
    assert sign(OFFICIAL.id, int(OFFICIAL.timestamp), OFFICIAL.body, SECRET) == OFFICIAL.signature
    assert sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', SECRET) == SIGNED


def refused(message: Message, secrets: list[bytes] | None = None, now: datetime = THEN) -> None:
    with pytest.raises(Unauthenticated):
        verify(message, [SECRET] if secrets is None else secrets, now)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "msg_other"},
        {"id": "x" * 257},
        {"id": "msg p5jXN8AQM9LWM0D4loKWxJek"},
        {"timestamp": ""},
        {"timestamp": "hello"},
        {"timestamp": "1696200455"},
        {"timestamp": "01696200454"},
        {"timestamp": "+1696200454"},
        {"timestamp": "1696200454.0"},
        {"timestamp": "１６９６２００４５４"},
        {"timestamp": "9" * 400},
        {"signature": ""},
        {"signature": "v1,"},
        {"signature": "v1"},
        {"signature": "GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8qs="},
        {"signature": "v2,GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8qs="},
        {"signature": "v1a,GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8qs="},
        {"signature": "v1,GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8qt="},
        {"signature": "v1,GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8q=="},
        {"signature": "v1,é"},
        {"signature": "v1," + "A" * MAX_SIGNATURE_HEADER},
        {"body": b""},
        {"body": OFFICIAL.body + b"\n"},
        {"body": OFFICIAL.body.replace(b"42", b"43")},
    ],
)
def test_any_changed_part_is_refused(changes: dict[str, object]) -> None:
    refused(replace(OFFICIAL, **changes))  # type: ignore[arg-type]


def test_wrong_or_missing_secret_is_refused() -> None:
    refused(OFFICIAL, [OTHER])
    refused(OFFICIAL, [])


@pytest.mark.parametrize("side", [1, -1])
def test_timestamp_may_be_five_minutes_off(side: int) -> None:
    verify(OFFICIAL, [SECRET], THEN + side * TOLERANCE)
    refused(OFFICIAL, now=THEN + side * (TOLERANCE + timedelta(microseconds=1)))


def test_one_valid_signature_among_several_is_enough() -> None:
    other = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
    several = " ".join((other, other.replace("v1", "v2"), "nonsense", "v1,%", OFFICIAL.signature, other))
    verify(replace(OFFICIAL, signature=several), [SECRET], THEN)
    refused(replace(OFFICIAL, signature=f"{other} {other}"))


def test_each_of_several_secrets_is_accepted() -> None:
    verify(OFFICIAL, [OTHER, SECRET], THEN)
    verify(OFFICIAL, [SECRET, OTHER], THEN)


def test_id_with_a_full_stop_is_refused_even_when_signed() -> None:
    """`a.1696200454` with a body has the same signature as `a` with that timestamp and a longer body."""
    now = int(OFFICIAL.timestamp)
    signature = sign("a.1696200454", now, b"{}", SECRET)
    assert signature == sign("a", 1696200454, f"{now}.{{}}".encode(), SECRET)
    refused(Message("a.1696200454", str(now), signature, b"{}"))


def test_timestamp_is_checked_after_the_signature() -> None:
    with pytest.raises(Unauthenticated, match="No signature"):
        verify(OFFICIAL, [OTHER], THEN + timedelta(days=1))


IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="."), min_size=1, max_size=256)


@given(
    message_id=IDS,
    at=st.integers(1, 10**11),
    body=st.binary(max_size=300),
    secret=st.binary(min_size=24, max_size=64),
    off=st.integers(-300, 300),
)
@examples(200)
def test_signed_messages_verify(message_id: str, at: int, body: bytes, secret: bytes, off: int) -> None:
    now = datetime.fromtimestamp(at, UTC) + timedelta(seconds=off)
    verify(Message(message_id, str(at), sign(message_id, at, body, secret), body), [secret], now)


@given(
    message_id=IDS,
    body=st.binary(max_size=60),
    other_id=IDS,
    other_body=st.binary(max_size=60),
    later=st.integers(0, 299),
)
@examples(300)
def test_signature_does_not_fit_another_message(
    message_id: str, body: bytes, other_id: str, other_body: bytes, later: int
) -> None:
    signature = sign(message_id, 1696200454, body, SECRET)
    if (message_id, body, 0) == (other_id, other_body, later):
        return
    refused(Message(other_id, str(1696200454 + later), signature, other_body))


@given(signature=st.text(max_size=80) | st.binary(max_size=40).map(lambda raw: f"v1,{base64.b64encode(raw).decode()}"))
@examples(300)
def test_any_malformed_signature_header_is_refused_cleanly(signature: str) -> None:
    refused(replace(OFFICIAL, signature=signature))


def test_every_signature_and_secret_pair_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparison does not stop at a match, so that its time reveals nothing."""
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda one, two: (compared.append((one, two)), real(one, two))[1])
    verify(replace(OFFICIAL, signature=f"{OFFICIAL.signature} v1,AAAA"), [SECRET, OTHER], THEN)
    assert len(compared) == 4


def test_secret_round_trips_with_its_prefix() -> None:
    assert write_secret(SECRET) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert read_secret(write_secret(OTHER)) == OTHER
    with pytest.raises(Malformed):
        read_secret("whsec_not base64")


@given(
    message_id=IDS,
    body=st.text(st.characters(codec="utf-8"), max_size=100),
    secret=st.binary(min_size=24, max_size=64),
    off=st.integers(-290, 290),
)
@examples(100)
def test_reference_library_and_ours_accept_what_the_other_signs(
    message_id: str, body: str, secret: bytes, off: int
) -> None:
    library, now = Webhook(write_secret(secret)), datetime.now(UTC)
    at = int(now.timestamp()) + off
    theirs = library.sign(message_id, datetime.fromtimestamp(at, UTC), body)
    ours = sign(message_id, at, body.encode(), secret)
    assert ours == theirs
    verify(Message(message_id, str(at), theirs, body.encode()), [secret], now)
    headers = {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": ours}
    library.verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        library.verify(body + "x", headers, json_parse=False)
