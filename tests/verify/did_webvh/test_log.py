"""Histories by an independent implementation are accepted, and every fault is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.errors import Malformed
from chalicelib.verify.did_webvh.identifier import PREFIX
from chalicelib.verify.did_webvh.log import MAX_VERSIONS, TOLERANCE
from chalicelib.verify.keys.did_document import controller_of
from tests.conformance.mutation import one_value_edits
from tests.makers import NOW
from tests.verify.did_webvh.histories import (
    FIRST,
    LOGS,
    SECOND,
    START,
    THIRD,
    did_of,
    document,
    entries_of,
    first,
    following,
    key_hash,
    lines,
    multikey,
    proof_of,
    published,
    read,
    signed,
)

PUBLISHED = sorted(path.stem for path in LOGS.glob("*.jsonl") if path.stem != "deactivated")
EDITS = 40
"""Edits of each published history that are tried."""


def refusal(source: bytes, did: str | None = None) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(source, did)
    return caught.value


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_history_by_an_independent_implementation_is_accepted(name: str) -> None:
    source = published(name)
    history = read(source)
    assert history.document == entries_of(source)[-1]["state"]
    assert [method.assertion for method in controller_of(history.document, did_of(source)).methods] == [True]


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_edit_of_it_is_accepted(name: str) -> None:
    source, did = entries_of(published(name)), did_of(published(name))
    for number, entry in enumerate(source):
        edited = [variant for _, variant in one_value_edits(entry)]
        for variant in Random(number).sample(edited, min(EDITS, len(edited))):
            refusal(lines([*source[:number], variant, *source[number + 1 :]]), did)


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name not in ("first", "path")])
def test_no_version_can_be_left_out_moved_or_repeated(name: str) -> None:
    source, did = entries_of(published(name)), did_of(published(name))
    for number in range(len(source) - 1):
        refusal(lines(source[:number] + source[number + 1 :]), did)
        refusal(lines([*source[:number], source[number + 1], source[number], *source[number + 2 :]]), did)
    refusal(lines([*source, source[-1]]), did)


def test_a_deactivated_identifier_is_reported_as_such() -> None:
    assert refusal(published("deactivated")).code == "did_deactivated"


def test_an_earlier_state_of_a_history_is_a_history() -> None:
    """A host can hide later versions; only witnesses and watchers notice."""
    source = entries_of(published("rotated"))
    assert read(lines(source[:2])).document == source[1]["state"]


def test_our_own_histories_are_accepted() -> None:
    start = first()
    assert read(lines([start, following(start)])).versions[1].startswith("2-")


def test_blank_lines_and_another_end_of_lines_do_not_matter() -> None:
    source = published("rotated")
    assert read(b"\n" + source.replace(b"\n", b"\r\n\n"), did_of(source)).document


START_ENTRY = first()
COMMITTED = first(nextKeyHashes=[key_hash(SECOND)])
PORTABLE = first(portable=True)
OTHER_ADDRESS = START_ENTRY["state"]["id"].replace("issuer.example", "new.example")


def moved(entry: dict[str, Any], **members: Any) -> dict[str, Any]:
    return document(entry["state"]["id"].replace("issuer.example", "new.example"), **members)


def with_scid(scid: str) -> dict[str, Any]:
    """A version in which everything but the hash of the identifier is right."""
    named = json.loads(json.dumps(START_ENTRY).replace(START_ENTRY["parameters"]["scid"], scid))
    return signed({name: value for name, value in named.items() if name != "proof"}, scid, 1, FIRST)


def with_proof(entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**entry, "proof": [{**entry["proof"][0], **changes}]}


def resigned(entry: dict[str, Any], **options: Any) -> dict[str, Any]:
    unsigned = {name: value for name, value in entry.items() if name != "proof"}
    return {**entry, "proof": [proof_of(unsigned, FIRST, **options)]}


FAULTS: dict[str, tuple[str, Callable[[], list[dict[str, Any]]]]] = {
    "nothing": ("1 to 200 versions", list),
    "no method": ("not one of did:webvh:1.0", lambda: [first(method=...)]),
    "an older method": ("not one of did:webvh:1.0", lambda: [first(method="did:webvh:0.5")]),
    "a later method": ("not one of did:webvh:1.0", lambda: [first(method="did:webvh:99.0")]),
    "no SCID": ("not one of did:webvh:1.0", lambda: [first(scid=...)]),
    "a forged SCID": ("that of another identifier", lambda: [first(scid="Qm" + "1" * 44)]),
    "no update keys": ("version names no key", lambda: [first(updateKeys=...)]),
    "an empty list of update keys": ("version names no key", lambda: [first(updateKeys=[])]),
    "update keys that are no list": ("up to 32 texts", lambda: [first(updateKeys=multikey(FIRST))]),
    "an update key that is no text": ("a list of texts", lambda: [first(updateKeys=[multikey(FIRST), 1])]),
    "too many update keys": ("up to 32 texts", lambda: [first(updateKeys=[multikey(FIRST)] * 33)]),
    "an unknown parameter": ("the unknown parameter", lambda: [first(prerotation=True)]),
    "a portable that is no yes or no": ("neither true nor false", lambda: [first(portable="true")]),
    "a document without its id": ("that of another identifier", lambda: [first(state={"verificationMethod": []})]),
    "a document about someone else": (
        "that of another identifier",
        lambda: [first(state=document("did:web:issuer.example"))],
    ),
    "a first version by an unlisted key": ("may not change it", lambda: [first(SECOND, updateKeys=[multikey(FIRST)])]),
    "a method change": (
        "method or the SCID",
        lambda: [START_ENTRY, following(START_ENTRY, parameters={"method": "did:webvh:0.5"})],
    ),
    "a second SCID": (
        "method or the SCID",
        lambda: [START_ENTRY, following(START_ENTRY, parameters={"scid": "Qm" + "1" * 44})],
    ),
    "a number left out": ("follow the one before", lambda: [START_ENTRY, following(START_ENTRY, number=3)]),
    "a number again": ("follow the one before", lambda: [START_ENTRY, following(START_ENTRY, number=1)]),
    "the same time": (
        "follow the one before",
        lambda: [START_ENTRY, following(START_ENTRY, versionTime="2026-01-01T00:00:00Z")],
    ),
    "an earlier time": (
        "follow the one before",
        lambda: [START_ENTRY, following(START_ENTRY, versionTime="2025-01-01T00:00:00Z")],
    ),
    "a time in the future": (
        "is from the future",
        lambda: [START_ENTRY, following(START_ENTRY, versionTime="2027-01-01T00:00:00Z")],
    ),
    "a local time": (
        "no time in UTC",
        lambda: [START_ENTRY, following(START_ENTRY, versionTime="2026-01-02T00:00:00")],
    ),
    "another time zone": (
        "no time in UTC",
        lambda: [START_ENTRY, following(START_ENTRY, versionTime="2026-01-02T00:00:00+01:00")],
    ),
    "no date": ("no time in UTC", lambda: [START_ENTRY, following(START_ENTRY, versionTime="soon Z")]),
    "a later version by another key": ("may not change it", lambda: [START_ENTRY, following(START_ENTRY, SECOND)]),
    "a version by the key that it adds": (
        "may not change it",
        lambda: [
            START_ENTRY,
            following(START_ENTRY, SECOND, parameters={"updateKeys": [multikey(SECOND)]}),
        ],
    ),
    "an old key after a change": (
        "may not change it",
        lambda: (
            changed := following(START_ENTRY, parameters={"updateKeys": [multikey(SECOND)]}),
            [START_ENTRY, changed, following(changed)],
        )[1],
    ),
    "keys that were not committed to": (
        "did not commit to",
        lambda: [
            COMMITTED,
            following(COMMITTED, THIRD, parameters={"updateKeys": [multikey(THIRD)], "nextKeyHashes": []}),
        ],
    ),
    "one key that was not committed to": (
        "did not commit to",
        lambda: [
            COMMITTED,
            following(
                COMMITTED, SECOND, parameters={"updateKeys": [multikey(SECOND), multikey(FIRST)], "nextKeyHashes": []}
            ),
        ],
    ),
    "inherited keys after a commitment": (
        "one before committed to",
        lambda: [
            COMMITTED,
            following(COMMITTED, parameters={"nextKeyHashes": []}),
        ],
    ),
    "no new commitment": (
        "one before committed to",
        lambda: [
            COMMITTED,
            following(COMMITTED, SECOND, parameters={"updateKeys": [multikey(SECOND)]}),
        ],
    ),
    "portable later": (
        "version makes it portable",
        lambda: [START_ENTRY, following(START_ENTRY, parameters={"portable": True})],
    ),
    "moved without permission": (
        "another address without permission",
        lambda: [START_ENTRY, following(START_ENTRY, state=moved(START_ENTRY))],
    ),
    "moved without its old name": (
        "another address without permission",
        lambda: [PORTABLE, following(PORTABLE, state=moved(PORTABLE))],
    ),
    "moved to another SCID": (
        "is about another identifier",
        lambda: [
            PORTABLE,
            following(PORTABLE, state=document(f"did:webvh:Qm{'1' * 44}:new.example")),
        ],
    ),
    "a version after its end": (
        "version follows its deactivation",
        lambda: (
            ended := following(START_ENTRY, parameters={"deactivated": True}),
            [START_ENTRY, ended, following(ended, parameters={"deactivated": False})],
        )[1],
    ),
    "no signature": ("1 to 4 signatures", lambda: [{**START_ENTRY, "proof": []}]),
    "five signatures": ("1 to 4 signatures", lambda: [{**START_ENTRY, "proof": START_ENTRY["proof"] * 5}]),
    "another signature beside a valid one": (
        "version 1 is wrong",
        lambda: [
            {
                **START_ENTRY,
                "proof": [*START_ENTRY["proof"], *with_proof(START_ENTRY, proofValue="z" + "1" * 64)["proof"]],
            }
        ],
    ),
    "another suite": ("or for another purpose", lambda: [with_proof(START_ENTRY, cryptosuite="eddsa-rdfc-2022")]),
    "another purpose": ("or for another purpose", lambda: [resigned(START_ENTRY, proofPurpose="authentication")]),
    "a key by another DID method": (
        "not name a did:key",
        lambda: [resigned(START_ENTRY, verificationMethod="did:web:issuer.example#key-1")],
    ),
    "a key with two names": (
        "not name a did:key",
        lambda: [resigned(START_ENTRY, verificationMethod=f"did:key:{multikey(FIRST)}#{multikey(SECOND)}")],
    ),
    "for one verifier": ("audience, not for everyone", lambda: [resigned(START_ENTRY, domain="verifier.example")]),
    "another hash": ("version 1 is wrong", lambda: [{**START_ENTRY, "versionId": "1-Qm" + "1" * 44}]),
    "no hash": ("its versions is incomplete", lambda: [{**START_ENTRY, "versionId": "1-"}]),
    "two dashes": (
        "its versions is incomplete",
        lambda: [{**START_ENTRY, "versionId": START_ENTRY["versionId"] + "-1"}],
    ),
    "a leading zero": (
        "its versions is incomplete",
        lambda: [{**START_ENTRY, "versionId": "0" + START_ENTRY["versionId"]}],
    ),
    "parameters that are no object": ("its versions is incomplete", lambda: [{**START_ENTRY, "parameters": []}]),
    "no state": (
        "its versions is incomplete",
        lambda: [{name: value for name, value in START_ENTRY.items() if name != "state"}],
    ),
    "a SCID that is not the hash": ("belong to its first version", lambda: [with_scid("Qm" + "1" * 44)]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault: str) -> None:
    reason, make = FAULTS[fault]
    made = make()
    did = made[0].get("state", {}).get("id", "") if made else ""
    assert reason in refusal(lines(made), did if did.startswith(PREFIX) else START_ENTRY["state"]["id"]).detail


@pytest.mark.parametrize("source", [b"{}\n", b"[]\n", b"<html>\n", b"\xff\n", b'{"a":1,"a":2}\n', b"[" * 100_000])
def test_what_is_not_a_history_is_refused(source: bytes) -> None:
    refusal(source, START_ENTRY["state"]["id"])


def test_the_history_of_another_identifier_is_refused() -> None:
    other = START_ENTRY["state"]["id"].replace("Qm", "Qn")
    assert "another identifier" in refusal(lines([START_ENTRY]), other).detail
    assert "moved" in refusal(lines([START_ENTRY]), OTHER_ADDRESS).detail


def test_a_key_may_sign_that_the_version_before_names() -> None:
    changed = following(START_ENTRY, parameters={"updateKeys": [multikey(SECOND)]})
    assert len(read(lines([START_ENTRY, changed, following(changed, SECOND)])).versions) == 3


def test_a_commitment_is_kept() -> None:
    kept = following(
        COMMITTED, SECOND, parameters={"updateKeys": [multikey(SECOND)], "nextKeyHashes": [key_hash(THIRD)]}
    )
    last = following(kept, THIRD, parameters={"updateKeys": [multikey(THIRD)], "nextKeyHashes": []})
    assert len(read(lines([COMMITTED, kept, last, following(last, THIRD)])).versions) == 4


def test_a_portable_identifier_can_move() -> None:
    new = moved(PORTABLE, alsoKnownAs=[PORTABLE["state"]["id"]])
    source = lines([PORTABLE, following(PORTABLE, state=new)])
    assert read(source, new["id"]).document == new
    assert "moved" in refusal(source, PORTABLE["state"]["id"]).detail


def test_null_stands_for_nothing_as_early_software_wrote_it() -> None:
    start = first(nextKeyHashes=None, witness=None, watchers=None, ttl=None)
    assert not read(lines([start])).is_witnessed


def test_a_clock_may_be_ahead_by_a_few_minutes() -> None:
    assert read(lines([START_ENTRY]), now=START - TOLERANCE).document
    with pytest.raises(Malformed, match="future"):
        read(lines([START_ENTRY]), now=START - TOLERANCE - timedelta(seconds=1))


def test_the_number_of_versions_is_limited() -> None:
    made = [START_ENTRY]
    while len(made) < 5:
        made.append(following(made[-1]))
    assert len(read(lines(made), now=NOW).versions) == 5
    too_many = lines(made) + b"{}\n" * (MAX_VERSIONS - 4)
    assert str(MAX_VERSIONS) in refusal(too_many, START_ENTRY["state"]["id"]).detail


def test_a_text_that_looks_like_the_placeholder_does_not_confuse_the_hash() -> None:
    start = first(state=document(note="{SCID}"))
    assert json.dumps("{SCID}") not in json.dumps(start)
    assert read(lines([start])).document["note"] == start["parameters"]["scid"]
