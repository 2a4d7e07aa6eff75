"""No one-edit variant of a signed credential with another meaning is accepted; equivalent rewriting is accepted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.credential.multibase import encode_base58btc
from chalicelib.verify.data_integrity import signed_bytes
from chalicelib.verify.pipeline import verify
from tests import makers
from tests.conformance.meaning import Meaning, NoMeaning, meaning
from tests.conformance.mutation import Edit, Mutant, mutants
from tests.size import sized
from tests.verify.canonical import vectors

RDFC, JCS, SIGNATURE_2020 = "eddsa-rdfc-2022", "eddsa-jcs-2022", "Ed25519Signature2020"
HOSTED = "a credential as Laurel issues it"
BASES = {
    (HOSTED, RDFC): 1_500,
    (HOSTED, JCS): 500,
    (HOSTED, SIGNATURE_2020): 700,
    ("basicOpenBadgeCredential", RDFC): 900,
    ("basicOpenBadgeCredential", JCS): 400,
    ("achievementAlignmentCase", RDFC): 500,
    ("skillAssertionCase", RDFC): 600,
    ("skillAssertionCtdl", RDFC): 500,
    ("endorsement", RDFC): 500,
    ("fullOpenBadge", RDFC): 500,
    ("fullOpenBadge", JCS): 200,
    ("fullOpenBadge", SIGNATURE_2020): 200,
}
"""Number of variants for each credential and suite in `make test-full`, of which `make test` tries a fifth;
`test_token_mutants` adds the rest of the 10,000."""

View = Mapping[str, Any]
Verifier = Callable[[bytes], View | None]
"""From a credential's bytes to the view that would be shown; None when it is refused."""


@dataclass(frozen=True, slots=True)
class Original:
    """A signed credential, its meaning and its view."""

    document: dict[str, Any]
    suite: str
    meaning: Meaning
    shown: View


def laurel(source: bytes) -> View | None:
    return verify(source, resolver=PORTS.resolver(), now=makers.NOW).credential


PORTS = makers.good_resolver()


def original(name: str, suite: str) -> Original:
    if name == HOSTED:
        unsigned = makers.unsigned()
    else:
        if not vectors.ROOT.is_dir():
            pytest.skip(f"NO TEST VECTORS: {vectors.ROOT} is missing; set LAUREL_VECTORS")
        unsigned = vectors.load(f"openbadges/{name}.json")
        unsigned["issuer"]["id"] = makers.ISSUER_KEY.did
    document = signed_2020(unsigned) if suite == SIGNATURE_2020 else makers.signed(unsigned, suite=suite)
    source = makers.as_bytes(document)
    shown = laurel(source)
    assert shown is not None, "the credential itself must be accepted"
    return Original(document, suite, meaning(source), shown)


def signed_2020(unsigned: dict[str, Any]) -> dict[str, Any]:
    """Return ``unsigned`` with an Ed25519Signature2020 proof, which Laurel verifies but does not make."""
    key = makers.ISSUER_KEY
    unsigned = {**unsigned, "@context": [*unsigned["@context"], "https://w3id.org/security/suites/ed25519-2020/v1"]}
    options = {
        "type": SIGNATURE_2020,
        "created": "2026-11-22T12:00:00Z",
        "verificationMethod": key.method,
        "proofPurpose": "assertionMethod",
    }
    signature = key.private.sign(signed_bytes(unsigned, options, SIGNATURE_2020))
    return {**unsigned, "proof": {**options, "proofValue": encode_base58btc(signature)}}


def failure(before: Original, mutant: Mutant, shown: View | None) -> str | None:
    """Return what is wrong with the verifier's result for ``mutant``, or None. ``shown`` is the verifier's view."""
    if shown is None:
        return "refused, though only the order changed" if _only_order(before, mutant) else None
    if not _has_same_meaning(before, mutant):
        return "accepted with another meaning"
    if mutant.edit.adds:
        return "accepted with unsigned content"
    new = set(_leaves(shown)) - set(_leaves(before.shown))
    return f"accepted, and shown differently: {new}" if new else None


def _only_order(before: Original, mutant: Mutant) -> bool:
    edit = mutant.edit
    if edit.kind != "reorder" or edit.path.endswith("@context"):  # the first context must come first (VCDM 2.0, 4.3)
        return False
    return edit.container is dict or (before.suite != JCS and _has_same_meaning(before, mutant))


def _has_same_meaning(before: Original, mutant: Mutant) -> bool:
    try:
        return meaning(mutant.source) == before.meaning
    except NoMeaning:
        return False


def _leaves(value: Any) -> Iterator[Any]:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    if inner is None:
        if value is not None:
            yield value
        return
    for part in inner:
        yield from _leaves(part)


def failures(before: Original, seed: str, number: int, verifier: Verifier) -> list[str]:
    messages = []
    for variant_number, mutant in enumerate(mutants(before.document, seed, number)):
        message = failure(before, mutant, verifier(mutant.source))
        if message:
            messages.append(f"variant {variant_number}: {mutant.edit}: {message}")
    return messages


@pytest.mark.parametrize(("name", "suite"), BASES, ids=lambda value: str(value).replace(" ", "-"))
def test_only_variants_with_the_same_meaning_are_accepted(name: str, suite: str) -> None:
    before, number = original(name, suite), BASES[name, suite]
    assert failures(before, f"{name} {suite}", sized(full=number, usual=number // 5), laurel) == []


def test_there_are_7000_variants_of_every_kind() -> None:
    assert sum(BASES.values()) == 7_000
    before = original(HOSTED, RDFC)
    kinds = [mutant.edit.kind for mutant in mutants(before.document, "kinds", 50)]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(
        ("insert", "rename", "retarget", "delete", "reorder"), 10
    )


def test_other_formatting_of_the_same_json_is_accepted() -> None:
    before = original(HOSTED, RDFC)
    for source in (
        json.dumps(before.document, indent=2).encode(),
        json.dumps(before.document, ensure_ascii=True, separators=(",", ":")).encode(),
        json.dumps(before.document, sort_keys=True).encode(),
    ):
        assert laurel(source) == before.shown


def test_a_verifier_that_accepts_everything_is_detected() -> None:
    before = original(HOSTED, RDFC)
    assert len(failures(before, "gullible", 200, lambda source: before.shown)) > 100


def test_a_verifier_that_refuses_everything_is_detected() -> None:
    before = original(HOSTED, RDFC)
    assert len(failures(before, "stubborn", 200, lambda source: None)) > 20


def test_a_verifier_that_shows_unsigned_content_is_detected() -> None:
    before = original(HOSTED, RDFC)
    same = Mutant(Edit("retarget", "/", dict), makers.as_bytes(before.document))
    assert failure(before, same, {**before.shown, "name": "Something else"}) is not None
