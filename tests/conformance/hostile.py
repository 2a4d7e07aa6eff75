"""Hostile inputs up to the size limit: made to take long, to use much memory, or never to end.

Each entry of `CASES` makes a job; only the job is measured (see `resource_usage`). If a changed credential must reach
the end of canonicalisation, it keeps its original signature, which no longer matches.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, permutations
from random import Random
from typing import Any

from chalicelib.credential.record import Entry, Purpose
from chalicelib.errors import LaurelError
from chalicelib.reports import pasted
from chalicelib.verify import bitstring
from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.quads import Quads
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.presentations.checks import MAX_CREDENTIALS
from chalicelib.verify.presentations.verify import verify as verify_any
from chalicelib.verify.report import Outcome
from tests import makers
from tests.verify.proofs.ecdsa import P384, signed_by
from tests.verify.proofs.extract import extract
from tests.verify.proofs.test_disclosure import FULL

Job = Callable[[], str]
"""The code that is measured. Returns the verdict and the code that decided it, or the code of an error."""

SIZE_LIMIT = pasted.MAX_SIZE
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
"""Has a default vocabulary, so any name is a term."""
SUITE_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"


_ACCEPTABLE = {Outcome.PASSED, Outcome.NOT_APPLICABLE}


def verified(source: bytes, resolver: makers.FakeResolver | None = None) -> Job:
    """Verify a submitted document, from its bytes to the report."""
    assert len(source) <= SIZE_LIMIT
    ports = (resolver or makers.good_resolver()).resolver()

    def job() -> str:
        try:
            submitted = pasted.read(source, "https://laurel.example")
        except LaurelError as error:
            return error.code
        if isinstance(submitted, pasted.Link):
            return "link"
        report = verify(
            submitted.source, resolver=ports, now=makers.NOW, options=VerificationOptions("ada@example.org")
        )
        code = next((finding.code for finding in report.findings if finding.outcome not in _ACCEPTABLE), "")
        return f"{report.verdict.value} {code}"

    return job


def together(sources: Sequence[bytes]) -> Job:
    """Verify documents that are submitted together, each within the size limit and all of them within one megabyte."""
    assert len(sources) <= MAX_CREDENTIALS
    assert sum(map(len, sources)) <= 2**20
    assert all(len(source) <= SIZE_LIMIT for source in sources)
    ports = makers.good_resolver().resolver()

    def job() -> str:
        reports = [verify_any(source, resolver=ports, now=makers.NOW) for source in sources]
        codes = {
            finding.code for report in reports for finding in report.findings if finding.outcome is Outcome.UNKNOWN
        }
        return " ".join([min(report.verdict.value for report in reports), *sorted(codes)])

    return job


def interlinked(proofs: Sequence[Mapping[str, Any]], groups: int = 6) -> bytes:
    """A small credential of equal objects, which canonicalisation can hardly tell apart."""
    alignment = [{"type": ["Alignment"]} for _ in range(5)]
    result = [{"type": ["Result"], "alignment": alignment} for _ in range(groups)]
    document = {
        "@context": [V2, OB],
        "type": ["VerifiableCredential"],
        "issuer": makers.ISSUER_KEY.did,
        "credentialSubject": {"type": ["AchievementSubject"], "result": result},
        "proof": list(proofs),
    }
    return json.dumps(document, separators=(",", ":")).encode()


def disclosing() -> dict[str, Any]:
    """A proof for selective disclosure that was not made for the document."""
    proof: dict[str, Any] = extract(FULL, FULL).signed()["proof"]
    return proof


def presented(source: bytes) -> bytes:
    """A presentation with ``source`` as often as possible."""
    number = min(MAX_CREDENTIALS, (SIZE_LIMIT - 200) // len(source))
    held = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": [json.loads(source)] * number}
    return json.dumps(held, separators=(",", ":")).encode()


def canonicalized(quads: Sequence[tuple[str, str, str, str]]) -> Job:
    """Canonicalise only: for graphs that no JSON document within the supported part of JSON-LD can express."""
    dataset = Quads.of(quads)

    def job() -> str:
        try:
            return f"{len(rdfc.canonicalize(dataset))} bytes"
        except LaurelError as error:
            return error.code

    return job


def largest(make: Callable[[int], bytes], high: int = SIZE_LIMIT) -> bytes:
    """Return the result of ``make`` for the greatest number for which it is within the size limit."""
    low = 1
    while low < high:
        mid = (low + high + 1) // 2
        if len(make(mid)) <= SIZE_LIMIT:
            low = mid
        else:
            high = mid - 1
    return make(low)


PROOF: dict[str, Any] = makers.signed(makers.unsigned())["proof"]  # type: ignore[assignment]
JCS_PROOF = {**PROOF, "cryptosuite": "eddsa-jcs-2022", "@context": makers.unsigned()["@context"]}
PROOF_2020 = {name: value for name, value in PROOF.items() if name != "cryptosuite"} | {"type": "Ed25519Signature2020"}


def changed(proofs: Sequence[Mapping[str, Any]] = (PROOF,), **members: Any) -> bytes:
    """Return a credential whose members differ from what was signed."""
    document = {**makers.unsigned(), "name": "Changed", **members, "proof": list(proofs)}
    return json.dumps(document, separators=(",", ":")).encode()


P384_PROOF: dict[str, Any] = signed_by(P384, "ecdsa-rdfc-2019")["proof"]  # type: ignore[assignment]
CHAIN = [{**PROOF, "id": "urn:a:0"}, *[{**PROOF, "previousProof": "urn:a:0"}] * 2, *[P384_PROOF] * 5]
"""A proof, as many as are checked that sign it too, and others with another hash."""


def extract_of(statements: int) -> bytes:
    """Return a derived proof with so many signed statements; the last one is wrong."""
    achievement = {
        **FULL["credentialSubject"]["achievement"],
        "tag": [f"{number}" for number in range(statements - 20)],
    }
    document = {**FULL, "credentialSubject": {**FULL["credentialSubject"], "achievement": achievement}}
    shown = extract(document, document)
    shown.signatures[-1] = shown.signatures[0]
    return makers.as_bytes(shown.signed())


def signed(document: Mapping[str, object]) -> bytes:
    """Return ``document`` signed by its issuer, so that every check runs."""
    return makers.as_bytes(makers.signed(document, suite="eddsa-jcs-2022"))


def subject(**members: Any) -> dict[str, Any]:
    return {**makers.unsigned()["credentialSubject"], **members}  # type: ignore[dict-item]


def chain(depth: int) -> dict[str, Any]:
    """Nested objects without an id."""
    node: dict[str, Any] = {"type": ["Profile"], "name": "A"}
    for _ in range(depth):
        node = {"type": ["Profile"], "parentOrg": node}
    return node


def identical_objects(number: int) -> list[dict[str, Any]]:
    return [{"type": "Evidence"}] * number


def branching(breadth: int, depth: int) -> list[dict[str, Any]]:
    """A tree of objects without an id that looks the same from every node."""
    return [{"x": branching(breadth, depth - 1)} if depth else {}] * breadth


def mixed(number: int) -> list[str]:
    """A different order of contexts for each number, so that cached contexts do not help."""
    return [(V2, OB, EXAMPLES)[number // 3**place % 3] for place in range(7)]


def entangled(proof: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``proof`` with two identical objects that contain six each: for both, 720 permutations are tried."""
    return {**proof, "x": [{"x": [{}] * 6}] * 2}


ISSUER: dict[str, Any] = makers.unsigned()["issuer"]  # type: ignore[assignment]
VOCABULARY = {"@context": [V2, OB, EXAMPLES]}
BOTH_SUITES = {"@context": [V2, OB, SUITE_2020]}
IDENTIFIER = {
    "type": "IdentityObject",
    "hashed": True,
    "identityType": "emailAddress",
    "identityHash": f"sha256${'0' * 64}",
    "salt": "salt",
}


def clique(size: int) -> list[tuple[str, str, str, str]]:
    return [(f"_:n{a}", " <urn:p> ", f"_:n{b}", "") for a, b in permutations(range(size), 2)]


def path(length: int) -> list[tuple[str, str, str, str]]:
    return [(f"_:n{index}", " <urn:p> ", f"_:n{index + 1}", "") for index in range(length)]


def pairs(number: int) -> list[tuple[str, str, str, str]]:
    """Pairs of blank nodes, each pair a ring of its own, all identical."""
    return [(f"_:{side}{index}", " <urn:p> ", f"_:{1 - side}{index}", "") for index in range(number) for side in (0, 1)]


def bipartite(size: int) -> list[tuple[str, str, str, str]]:
    return [(f"_:a{a}", " <urn:p> ", f"_:b{b}", "") for a in range(size) for b in range(size)]


def triangles(number: int) -> list[tuple[str, str, str, str]]:
    return [
        (f"_:n{index}x{a}", " <urn:p> ", f"_:n{index}x{b}", "")
        for index in range(number)
        for a, b in combinations(range(3), 2)
    ]


def duplicate_names(before: int) -> bytes:
    """Many names, one of them repeated often: detecting it must not compare all pairs."""
    head = "{" + ",".join(f'"{index:x}":1' for index in range(before))
    repeated = f',"{before - 1:x}":1'
    return (head + repeated * ((SIZE_LIMIT - len(head) - 1) // len(repeated)) + "}").encode()


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(payload: bytes, header: Mapping[str, Any] | None = None, signature: bytes = b"\1" * 64) -> bytes:
    head = {"alg": "EdDSA", "kid": makers.ISSUER_KEY.method, **(header or {})}
    return b".".join(map(encoded, (json.dumps(head).encode(), payload, signature)))


def payload(**members: Any) -> bytes:
    return json.dumps({**makers.unsigned(), **members}, separators=(",", ":")).encode()


def rsa(bits: int, algorithm: str) -> bytes:
    """A token with an RSA key of ``bits``. Nobody has its private key, but verification takes as long as usual."""
    modulus = Random(bits).getrandbits(bits) | 1 | 1 << (bits - 1)
    exponent = 2**32 - 1
    numbers = {"n": modulus.to_bytes(bits // 8, "big"), "e": exponent.to_bytes(4, "big")}
    jwk = {"kty": "RSA", **{name: encoded(value).decode() for name, value in numbers.items()}}
    did = "did:jwk:" + encoded(json.dumps(jwk).encode()).decode()
    signature = b"\0" + Random(1).randbytes(bits // 8 - 1)
    header = {"alg": algorithm, "kid": f"{did}#0"}
    issuer = {**makers.unsigned()["issuer"], "id": did}  # type: ignore[dict-item]
    return largest(lambda size: token(payload(issuer=issuer, description="a" * size), header, signature))


def status_lists(lists: Mapping[str, bytes]) -> Job:
    """A credential with one entry in each of ``lists``. The credential's own signature is valid."""
    entries = tuple(Entry(Purpose.REVOCATION, name, 0) for name in lists)
    urls = [entry["statusListCredential"] for entry in makers.unsigned(entries=entries)["credentialStatus"]]  # type: ignore[attr-defined]
    resolver = makers.FakeResolver(lists=dict(zip(urls, lists.values(), strict=True)))
    return verified(makers.as_bytes(makers.signed(makers.unsigned(entries=entries))), resolver)


def status_list(name: str, encoded_list: str, **members: Any) -> dict[str, Any]:
    text = json.dumps(makers.status_list(Purpose.REVOCATION)).replace("r" * 26, name)
    document: dict[str, Any] = json.loads(text)
    return {**document, "credentialSubject": {**document["credentialSubject"], "encodedList": encoded_list}, **members}


LIST_NAMES = [character * 26 for character in "abcdefgh"]
_NOISE = 80_000  # incompressible bytes; their number keeps the list within the size limit
EIGHT_MIB = Random(1).randbytes(_NOISE) + bytes(bitstring.MAX_BYTES - 2 * _NOISE) + Random(2).randbytes(_NOISE)


def eight_lists(encoded_list: str, *, large: bool = False, proofs: int = 1) -> Job:
    """A credential with eight status lists, each with ``proofs`` valid signatures."""
    return status_lists({name: _signed_list(name, encoded_list, large, proofs) for name in LIST_NAMES})


def eight_entangled_lists() -> Job:
    """A credential with eight status lists without a valid signature, each with eight expensive proofs."""
    lists = {}
    for name in LIST_NAMES:
        document = status_list(name, encode_list(bytes(16_384)), **VOCABULARY)
        lists[name] = json.dumps({**document, "proof": [entangled(PROOF)] * 8}).encode()
    return status_lists(lists)


def eight_chained_lists() -> Job:
    """A credential with eight heavy status lists without a valid signature, each with chained proofs."""
    lists = {}
    for name in LIST_NAMES:
        members = {"evidence": identical_objects(2_500), "@context": [V2, OB]}
        document = status_list(name, encode_list(bytes(16_384)), **members)
        lists[name] = json.dumps({**document, "proof": CHAIN}, separators=(",", ":")).encode()
    return status_lists(lists)


def _signed_list(name: str, encoded_list: str, large: bool, proofs: int) -> bytes:
    def make(size: int) -> bytes:
        members = {"evidence": identical_objects(size), "@context": [V2, OB]} if large else {}
        document = status_list(name, encoded_list, **members)
        return json.dumps({**document, "proof": [PROOF] * proofs}, separators=(",", ":")).encode()

    document = json.loads(largest(make, 3_000))
    del document["proof"]
    return json.dumps(
        {**document, "proof": [makers.signed(document)["proof"]] * proofs}, separators=(",", ":")
    ).encode()


def encode_list(bits: bytes) -> str:
    return bitstring.encode(bits)


CASES: dict[str, Callable[[], Job]] = {
    **{f"clique of {size} blank nodes": lambda size=size: canonicalized(clique(size)) for size in (4, 8, 20, 60, 200)},
    **{
        f"chain of {length} blank nodes": lambda length=length: canonicalized(path(length))
        for length in (50, 800, 5_000)
    },
    "3,000 rings of two blank nodes": lambda: canonicalized(pairs(3_000)),
    "2,000 triangles of blank nodes": lambda: canonicalized(triangles(2_000)),
    "60 blank nodes that all point to 60 others": lambda: canonicalized(bipartite(60)),
    "objects 25 deep": lambda: verified(changed(issuer={**ISSUER, "parentOrg": chain(25)})),
    "objects beyond the depth limit": lambda: verified(changed(issuer={**ISSUER, "parentOrg": chain(300)})),
    "4,000 equal objects": lambda: verified(changed(evidence=identical_objects(4_000))),
    "equal objects in equal objects": lambda: verified(
        changed(credentialSubject=[subject(result=identical_objects(900))] * 2)
    ),
    "objects that branch by three, six deep": lambda: verified(changed(relatedResource=branching(3, 6), **VOCABULARY)),
    "objects that branch by two, ten deep": lambda: verified(changed(relatedResource=branching(2, 10), **VOCABULARY)),
    "three objects in each of 1,000": lambda: verified(
        changed(relatedResource=[{"x": [{}] * 3}] * 1_000, **VOCABULARY)
    ),
    "10,000 objects in an array": lambda: verified(changed(evidence=[{}] * 10_000)),
    "eight proofs, each entangled": lambda: verified(changed(proofs=[entangled(PROOF)] * 8, **VOCABULARY)),
    "eight proofs of both kinds over many objects": lambda: verified(
        changed(proofs=[PROOF, PROOF_2020] * 4, evidence=identical_objects(3_000), **BOTH_SUITES)
    ),
    "eight proofs with different hashes over many objects": lambda: verified(
        changed(proofs=[PROOF, P384_PROOF] * 4, evidence=identical_objects(3_000))
    ),
    "proofs that also sign another one": lambda: verified(changed(proofs=CHAIN, evidence=identical_objects(3_000))),
    "1,000 signed statements": lambda: verified(extract_of(1_000)),
    "a context 6,000 times": lambda: verified(largest(lambda size: changed(**{"@context": [V2, OB, *[OB] * size]}))),
    "a context 6,000 times, and eight proofs": lambda: verified(
        largest(lambda size: changed(proofs=[PROOF] * 8, **{"@context": [V2, OB, *[OB] * size]}))
    ),
    "alternating contexts in 700 objects": lambda: verified(
        largest(lambda size: changed(evidence=[{"@context": [OB, V2] * 3, "type": ["Evidence"]}] * size))
    ),
    "different contexts in each object": lambda: verified(
        largest(
            lambda size: changed(evidence=[{"@context": mixed(index), "type": ["Evidence"]} for index in range(size)]),
            700,
        )
    ),
    "9,000 equal types": lambda: verified(changed(type=["VerifiableCredential", *["Achievement"] * 9_000])),
    "9,000 types of the default vocabulary": lambda: verified(
        changed(type=["VerifiableCredential", *[f"T{index}" for index in range(9_000)]], **VOCABULARY)
    ),
    "an identifier with four new types at each of 1,200 mentions": lambda: verified(
        changed(
            relatedResource=[
                {"x": {"id": "a:b", "type": [f"T{index}{end}" for end in "abcd"]}} for index in range(1_200)
            ],
            **VOCABULARY,
        )
    ),
    "a long identifier with 8,000 values": lambda: verified(
        changed(id=f"urn:{'a' * 200_000}", name=list(range(8_000)))
    ),
    "a long name with 4,000 objects": lambda: verified(changed(**{"x" * 200_000: [{}] * 4_000}, **VOCABULARY)),
    "a long name between identical objects": lambda: verified(
        changed(proofs=[PROOF, PROOF_2020], name={"x": [{"x" * 125_000: [{}] * 6}] * 2}, **VOCABULARY)
    ),
    "3,200 values in 8 languages": lambda: verified(
        changed(name=[{"@value": str(index), "@language": f"en-{index % 8}"} for index in range(3_200)])
    ),
    "one huge string": lambda: verified(largest(lambda size: changed(description="a" * size))),
    "one huge string of control characters": lambda: verified(largest(lambda size: changed(description="\1" * size))),
    "9,000 fractions": lambda: verified(changed(name=[index + 1e-9 for index in range(9_000)])),
    "9,000 fractions under eddsa-jcs-2022": lambda: verified(
        changed(proofs=[JCS_PROOF] * 8, name=[index + 1e-9 for index in range(9_000)])
    ),
    "names out of order under eddsa-jcs-2022": lambda: verified(
        changed(proofs=[JCS_PROOF] * 8, name={f"\U0001f600{9_000 - index}": 0.5 for index in range(9_000)})
    ),
    "1,400 identifiers of the holder": lambda: verified(
        largest(
            lambda size: signed(makers.unsigned() | {"credentialSubject": subject(identifier=[IDENTIFIER] * size)}),
            1_400,
        )
    ),
    "a credential with eight proofs for selective disclosure": lambda: together([interlinked([disclosing()] * 8)]),
    "20 interlinked credentials, each with a proof for selective disclosure": lambda: together(
        [interlinked([disclosing()])] * 20
    ),
    "20 credentials, each with eight entangled proofs": lambda: together(
        [changed(proofs=[entangled(PROOF)] * 8, **VOCABULARY)] * 20
    ),
    "20 credentials of 400 objects, each with 500 signed statements": lambda: together([extract_of(190)] * 20),
    "eight large credentials of many objects": lambda: together(
        [changed(proofs=[PROOF, P384_PROOF] * 4, evidence=identical_objects(3_000))] * 8
    ),
    "a presentation of interlinked credentials": lambda: together([presented(interlinked([disclosing(), PROOF]))]),
    "four presentations of interlinked credentials": lambda: together(
        [presented(interlinked([disclosing(), PROOF, P384_PROOF]))] * 4
    ),
    "a huge proofValue": lambda: verified(
        largest(lambda size: changed(proofs=[{**PROOF, "proofValue": "z" + "2" * size}]))
    ),
    "2,000 proofs": lambda: verified(largest(lambda size: changed(proofs=[PROOF] * size))),
    "a huge did:key": lambda: verified(
        largest(lambda size: changed(proofs=[{**PROOF, "verificationMethod": f"did:key:z{'2' * size}#z"}]))
    ),
    "arrays 130,000 deep": lambda: verified(b'{"a":' + b"[" * 130_000 + b"]" * 130_000 + b"}"),
    "objects 40,000 deep": lambda: verified(b'{"a":' * 40_000 + b"1" + b"}" * 40_000),
    "130,000 items": lambda: verified(b'{"a":[' + b",".join([b"1"] * 131_000) + b"]}"),
    "30,000 members": lambda: verified(("{" + ",".join(f'"{index:x}":1' for index in range(28_000)) + "}").encode()),
    "one name many times": lambda: verified(duplicate_names(9_990)),
    "an integer of 260,000 digits": lambda: verified(b'{"a":' + b"1" * 260_000 + b"}"),
    "a fraction of 260,000 digits": lambda: verified(b'{"a":0.' + b"1" * 260_000 + b"}"),
    "an exponent of 260,000 digits": lambda: verified(b'{"a":1e-' + b"1" * 260_000 + b"}"),
    "40,000 escapes": lambda: verified(b'{"a":"' + b"\\ud83d" * 40_000 + b'"}'),
    "dots": lambda: verified(b"a." * (SIZE_LIMIT // 2)),
    "a very long domain": lambda: verified(b"x" + b".aa" * 87_000 + b"!"),
    "a very long link": lambda: verified(b"https://" + b"a" * 260_000),
    "quotes within a quoted string": lambda: verified(b'"' + b"\\u0022" * 43_000 + b'"'),
    "white space": lambda: verified(b" " * SIZE_LIMIT),
    "a token of 190 KB": lambda: verified(token(payload(description="a" * 190_000))),
    "a token of 10,000 objects": lambda: verified(token(payload(evidence=[{}] * 9_900))),
    "a token 300 deep": lambda: verified(token(payload(evidence=chain(300)))),
    "a token with one name many times": lambda: verified(
        token(duplicate_names(9_990)[:196_000].rpartition(b",")[0] + b"}")
    ),
    "a header of 8 KB": lambda: verified(token(payload(), {"x5c": ["A" * 1_000] * 8})),
    "a header of 190 KB": lambda: verified(token(payload(), {"x5c": ["A" * 1_000] * 190})),
    "a signature of 190 KB": lambda: verified(token(payload(), signature=b"A" * 190_000)),
    **{
        f"{algorithm} with {bits} bits": lambda bits=bits, algorithm=algorithm: verified(rsa(bits, algorithm))
        for bits in (4096, 8192)
        for algorithm in ("RS256", "PS256")
    },
    "dots as in a token": lambda: verified(b"ey" + b"." * (SIZE_LIMIT - 2)),
    "eight lists of 8 MiB": lambda: eight_lists(encode_list(EIGHT_MIB)),
    "eight lists of 8 MiB, each with eight proofs": lambda: eight_lists(encode_list(EIGHT_MIB), proofs=8),
    "eight heavy lists, each with eight proofs": lambda: eight_lists(
        encode_list(b"\x80" + bytes(16_383)), large=True, proofs=8
    ),
    "eight lists, each with eight entangled proofs": eight_entangled_lists,
    "eight heavy lists, each with proofs that also sign another one": eight_chained_lists,
    "eight decompression bombs of 100 MiB": lambda: eight_lists(encode_list(bytes(100 * 2**20))),
    "500 status entries": lambda: verified(signed(makers.unsigned(entries=makers.ENTRIES * 250))),
}
"""Each case and the function that makes its job. None may be valid."""
