"""Of a signed credential, no one-edit variant with another meaning is accepted, and mere rewriting is not refused."""

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
"""How many variants of which credential under which suite; `test_token_mutants` has as many more as make 10,000."""

View = Mapping[str, Any]
Verifier = Callable[[bytes], View | None]
"""From a credential's bytes to what would be shown of it; None when it is refused."""


@dataclass(frozen=True, slots=True)
class Original:
    """A signed credential, what it means and what is shown of it."""

    document: dict[str, Any]
    suite: str
    meaning: Meaning
    shown: View


def laurel(source: bytes) -> View | None:
    return verify(source, resolver=RESOLVER, now=makers.NOW).credential


RESOLVER = makers.good_resolver().resolver()


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
    """``unsigned`` with a proof of the kind that was before Data Integrity; Laurel itself makes none."""
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


def complaint(before: Original, mutant: Mutant, shown: View | None) -> str | None:
    """What is wrong with how ``mutant`` was judged, or None. ``shown``: what the verifier would show of it."""
    if shown is None:
        return "refused, though only the order changed" if _only_order(before, mutant) else None
    if not _means(before, mutant):
        return "accepted with another meaning"
    if mutant.edit.adds:
        return "accepted with something in it that nobody signed"
    new = set(_leaves(shown)) - set(_leaves(before.shown))
    return f"accepted, and shown differently: {new}" if new else None


def _only_order(before: Original, mutant: Mutant) -> bool:
    edit = mutant.edit
    if edit.kind != "reorder" or edit.path.endswith("@context"):  # the first context must come first (VCDM 2.0, 4.3)
        return False
    return edit.container is dict or (before.suite != JCS and _means(before, mutant))


def _means(before: Original, mutant: Mutant) -> bool:
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


def complaints(before: Original, seed: str, number: int, verifier: Verifier) -> list[str]:
    found = []
    for turn, mutant in enumerate(mutants(before.document, seed, number)):
        words = complaint(before, mutant, verifier(mutant.source))
        if words:
            found.append(f"variant {turn}: {mutant.edit}: {words}")
    return found


@pytest.mark.parametrize(("name", "suite"), BASES, ids=lambda value: str(value).replace(" ", "-"))
def test_no_variant_with_another_meaning_is_accepted_and_no_mere_rewriting_refused(name: str, suite: str) -> None:
    before = original(name, suite)
    assert complaints(before, f"{name} {suite}", BASES[name, suite], laurel) == []


def test_there_are_seven_thousand_variants_of_every_kind() -> None:
    assert sum(BASES.values()) == 7_000
    before = original(HOSTED, RDFC)
    kinds = [mutant.edit.kind for mutant in mutants(before.document, "kinds", 50)]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(
        ("insert", "rename", "retarget", "delete", "reorder"), 10
    )


def test_other_spellings_of_the_same_json_are_accepted() -> None:
    before = original(HOSTED, RDFC)
    for source in (
        json.dumps(before.document, indent=2).encode(),
        json.dumps(before.document, ensure_ascii=True, separators=(",", ":")).encode(),
        json.dumps(before.document, sort_keys=True).encode(),
    ):
        assert laurel(source) == before.shown


def test_a_verifier_that_accepts_everything_is_caught() -> None:
    before = original(HOSTED, RDFC)
    assert len(complaints(before, "gullible", 200, lambda source: before.shown)) > 100


def test_a_verifier_that_refuses_everything_is_caught() -> None:
    before = original(HOSTED, RDFC)
    assert len(complaints(before, "stubborn", 200, lambda source: None)) > 20


def test_a_verifier_that_shows_what_was_not_signed_is_caught() -> None:
    before = original(HOSTED, RDFC)
    same = Mutant(Edit("retarget", "/", dict), makers.as_bytes(before.document))
    assert complaint(before, same, {**before.shown, "name": "Something else"}) is not None
