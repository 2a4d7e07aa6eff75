"""Confirmations by witnesses: enough of them, by the right ones, and for the right version."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.did_webvh import witnesses
from chalicelib.verify.did_webvh.log import History
from tests.makers import Signatory
from tests.verify.did_webvh.histories import (
    FIRST,
    LOGS,
    document,
    first,
    following,
    lines,
    multikey,
    proof_of,
    published,
    read,
)

W1, W2, W3, STRANGER = map(Signatory.number, (6, 7, 8, 9))


def policy(*keys: Signatory, threshold: Any = 2) -> dict[str, Any]:
    return {"threshold": threshold, "witnesses": [{"id": key.did} for key in keys]}


START = first(witness=policy(W1, W2, W3))
HISTORY = read(lines([START, following(START)]))
"""Two versions, each to be confirmed by two of three."""


def confirmation(number: int, *keys: Signatory, of: History = HISTORY, **options: Any) -> dict[str, Any]:
    version = of.versions[number - 1]
    return {"versionId": version, "proof": [proof_of({"versionId": version}, key, **options) for key in keys]}


def refusal(source: Any, history: History = HISTORY) -> str:
    with pytest.raises(Malformed) as caught:
        witnesses.check(history, source if isinstance(source, bytes) else json.dumps(source).encode())
    return caught.value.code


def accept(source: Any, history: History = HISTORY) -> None:
    witnesses.check(history, json.dumps(source).encode())


def test_confirmations_by_an_independent_implementation_are_accepted() -> None:
    history = read(published("witnessed"))
    assert history.is_witnessed
    witnesses.check(history, (LOGS / "witnessed-witness.json").read_bytes())


def test_without_one_of_them_there_are_too_few() -> None:
    history, proofs = read(published("witnessed")), json.loads((LOGS / "witnessed-witness.json").read_bytes())
    assert refusal(proofs[:1], history) == "witnesses_missing"
    proofs[1]["proof"] = proofs[1]["proof"][:1]
    assert refusal(proofs, history) == "witnesses_missing"


def test_a_confirmation_of_the_last_version_counts_for_all_before() -> None:
    accept([confirmation(2, W1, W3)])
    accept([confirmation(1, W1), confirmation(2, W2, W3)])


@pytest.mark.parametrize(
    "source",
    [
        [],
        [confirmation(1, W1, W2, W3)],
        [confirmation(2, W1)],
        [confirmation(2, W1, W1)],
        [confirmation(2, W1), confirmation(2, W1)],
        [confirmation(2, W1, STRANGER)],
        [confirmation(2, W1, FIRST)],
        [confirmation(2, W1, W2, proofPurpose="authentication")],
        [{**confirmation(2, W1, W2), "versionId": f"3-Qm{'1' * 44}"}],
        [{**confirmation(1, W1, W2), "versionId": HISTORY.versions[1]}],
        [{"versionId": HISTORY.versions[1]}],
        [None, 1, {}, {"versionId": 1, "proof": 2}],
    ],
    ids=["none", "the version before", "one", "one twice", "one in two places", "a stranger", "the owner",
         "another purpose", "of an unpublished version", "of another version", "no proof", "no confirmations"],
)  # fmt: skip
def test_too_few_confirmations_are_refused(source: Any) -> None:
    assert refusal(source) == "witnesses_missing"


def test_a_changed_confirmation_does_not_count() -> None:
    changed = confirmation(2, W1, W2)
    changed["proof"][0]["created"] = "2026-06-01T00:00:00Z"
    assert refusal([changed]) == "witnesses_missing"


def test_a_confirmation_that_names_one_key_and_is_by_another_does_not_count() -> None:
    claimed = confirmation(2, W1, STRANGER, verificationMethod=W2.method)
    assert refusal([claimed]) == "witnesses_missing"
    body_and_fragment = confirmation(2, W1, W2, verificationMethod=f"{W2.did}#{multikey(W3)}")
    assert refusal([body_and_fragment]) == "witnesses_missing"


@pytest.mark.parametrize("source", [b"", b"{}", b"<html>", b'[],"":[]', b"[" * 100_000])
def test_what_is_not_a_list_of_confirmations_is_refused(source: bytes) -> None:
    assert refusal(source) != "witnesses_missing"


def test_the_number_of_confirmations_is_limited() -> None:
    wrong = {**confirmation(2, W1)["proof"][0], "created": "2026-06-01T00:00:00Z"}
    many = {"versionId": HISTORY.versions[1], "proof": [wrong] * (witnesses.MAX_PROOFS + 1)}
    assert refusal([many]) == "log_malformed"
    accept([confirmation(2, W2, W3), {**many, "proof": [wrong] * (witnesses.MAX_PROOFS - 2)}])


def test_new_witnesses_confirm_from_the_next_version_on() -> None:
    changed = following(START, parameters={"witness": policy(STRANGER, threshold=1)})
    history = read(lines([START, changed, following(changed)]))
    accept([confirmation(2, W1, W2, of=history), confirmation(3, STRANGER, of=history)], history)
    assert refusal([confirmation(3, STRANGER, of=history)], history) == "witnesses_missing"
    assert refusal([confirmation(3, W1, W2, of=history)], history) == "witnesses_missing"


def test_the_version_that_ends_witnessing_is_confirmed_and_later_ones_are_not() -> None:
    ended = following(START, parameters={"witness": {}})
    history = read(lines([START, ended, following(ended)]))
    accept([confirmation(2, W1, W2, of=history)], history)
    assert refusal([confirmation(1, W1, W2, of=history)], history) == "witnesses_missing"


def test_the_version_that_starts_witnessing_is_confirmed() -> None:
    start = first()
    history = read(lines([start, following(start, parameters={"witness": policy(W1, threshold=1)})]))
    accept([confirmation(2, W1, of=history)], history)
    assert refusal([confirmation(1, W1, of=history)], history) == "witnesses_missing"


@pytest.mark.parametrize(
    "witness",
    [
        policy(),
        policy(W1, W2, threshold=0),
        policy(W1, W2, threshold=3),
        policy(W1, W2, threshold="2"),
        policy(W1, W2, threshold=True),
        policy(W1, W2, threshold=1.5),
        policy(W1, W1, threshold=1),
        {"threshold": 1},
        {"threshold": 1, "witnesses": "x"},
        {"threshold": 1, "witnesses": [{"id": "did:web:witness.example"}]},
        {"threshold": 1, "witnesses": [{"id": "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"}]},
        {"threshold": 1, "witnesses": [{}]},
        [],
        "none",
        7,
    ],
    ids=str,
)
def test_witnesses_that_cannot_be_read_are_never_taken_for_none(witness: Any) -> None:
    with pytest.raises(Malformed):
        read(lines([first(witness=witness, state=document())]))
