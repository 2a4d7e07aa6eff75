"""Full verification from bytes to report, compared with peers and with a bare signature check, and the time of each
stage."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from statistics import median

import jwt
from nacl.bindings import crypto_sign_open

from benchmarks import badges
from benchmarks.core import pinned_to_one_core
from benchmarks.line import Line
from benchmarks.peers import Peer, all_peers, derived
from benchmarks.rounds import Contender, Samples, measure, progress, repeated
from chalicelib.credential import dates, vocabulary
from chalicelib.verify.canonical import jcs, rdfc
from chalicelib.verify.canonical.quads import to_quads
from chalicelib.verify.data_integrity import Proof
from chalicelib.verify.jose import claims, compact
from chalicelib.verify.options import DEFAULT_OPTIONS
from chalicelib.verify.pipeline import CHECKS, verify
from chalicelib.verify.proofs.suites import JSON_SUITES
from chalicelib.verify.verification_context import CheckNotPassed, VerificationContext
from chalicelib.verify.view import view_of

SIZES = ("simple", "complete")
SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023")
ALGORITHMS = ("EdDSA", "ES256")
STAGE_ROUNDS = 400

Parts = Callable[[VerificationContext], Iterable[tuple[str, float]]]


def lines() -> Iterator[Line]:
    """Measure `verify/<suite>/<size>`, `verify/jwt-<algorithm>/<size>`, the bare checks and `stage/.../<part>`."""
    badges.check_examples()
    with pinned_to_one_core(), all_peers() as peers:
        for suite in SUITES:
            # The peer's library for selective disclosure cannot process the lists in the complete example.
            for size in SIZES if suite != vocabulary.ECDSA_SD_2023 else SIZES[:1]:
                yield from _verification(suite, size, peers[suite])
        for algorithm in ALGORITHMS:
            for size in SIZES:
                yield from _token_verification(algorithm, size)


def _verification(suite: str, size: str, peer: Peer) -> Iterator[Line]:
    source = _extract(size) if suite == vocabulary.ECDSA_SD_2023 else badges.badge(size, suite)
    bench = f"{suite}/{size}"
    contenders = {peer.name: peer.verifier(source, suite, badges.NOW.isoformat())}
    bare = _bare_checks() if bench == "eddsa-rdfc-2022/simple" else {}
    found = _measure(bench, source, contenders | bare)
    ours = found["Laurel"]
    yield _rate(f"verify/{bench}", ours, peer.name, found[peer.name])
    for name in bare:
        yield _rate(name, found[name], f"Laurel, verify/{bench}", ours)
    yield from _stages(bench, source, ours, partial(_parts, suite=suite))


def _extract(size: str) -> bytes:
    """Return the example of ``size`` as a holder shows it, signed and derived by the peer: Laurel does not issue it."""
    key = {"publicKeyMultibase": badges.p256_multikey(), "secretKeyMultibase": badges.p256_secret_multikey()}
    document = badges.example(size, f"did:key:{badges.p256_multikey()}")
    return badges.written(derived(document, key, dates.write(badges.NOW)))


def _token_verification(algorithm: str, size: str) -> Iterator[Line]:
    source = badges.token(size, algorithm)
    bench = f"jwt-{algorithm.lower()}/{size}"
    key = (badges.KEY if algorithm == "EdDSA" else badges.P256_KEY).public_key()
    peer = f"PyJWT {version('PyJWT')} alone"
    # PyJWT checks the token's signature and claims, but nothing in the credential.
    found = _measure(bench, source, {peer: repeated(lambda: jwt.decode(source, key, algorithms=[algorithm]))})
    yield _rate(f"verify/{bench}", found["Laurel"], peer, found[peer])
    yield from _stages(bench, source, found["Laurel"], _token_parts)


def _bare_checks() -> dict[str, Contender]:
    """Return contenders that only check one Ed25519 signature.

    `verify/ed25519` uses OpenSSL; the target of at most twice its time refers to it. `verify/ed25519-libsodium` is the
    check that Laurel makes. Both are listed, so that the first is not mistaken for a part of Laurel's time.
    """
    message = bytes(64)
    signature, public = badges.KEY.sign(message), badges.KEY.public_key()
    signed, raw = signature + message, public.public_bytes_raw()
    return {
        "verify/ed25519": repeated(lambda: public.verify(signature, message)),
        "verify/ed25519-libsodium": repeated(lambda: crypto_sign_open(signed, raw)),
    }


def _measure(bench: str, source: bytes, peers: Mapping[str, Contender]) -> Mapping[str, Samples]:
    progress(f"{bench}: {len(source)} bytes")
    if verify(source, resolver=badges.resolver(), now=badges.NOW).credential is None:
        raise RuntimeError(f"{bench}: Laurel does not accept the badge")
    return measure({"Laurel": repeated(lambda: verify(source, resolver=badges.resolver(), now=badges.NOW)), **peers})


def _rate(bench: str, ours: Samples, peer: str, theirs: Samples) -> Line:
    p50, p99, peer_p50 = ours.percentile_ms(50), ours.percentile_ms(99), theirs.percentile_ms(50)
    return Line(bench, ours.per_second, "1/s", p50, p99, peer, theirs.per_second, peer_p50)


def _stages(bench: str, source: bytes, total: Samples, parts: Parts) -> Iterator[Line]:
    """Measure each check, and the parts of the most expensive ones: median microseconds."""
    times: dict[str, list[int]] = {check.name: [] for check in CHECKS}
    verification_context = _new_context(source)
    for _ in range(STAGE_ROUNDS):
        verification_context = _new_context(source)
        for check in CHECKS:
            before = time.perf_counter_ns()
            _outcome(check.run, verification_context)
            times[check.name].append(time.perf_counter_ns() - before)
    stages = [(name, median(spent) / 1000) for name, spent in times.items()]
    view = ("view", _median(lambda: view_of(verification_context)))
    for part, micros in [*stages, *parts(verification_context), view]:
        yield Line(f"stage/{bench}/{part}", micros, "us", None, None, f"verify/{bench}", total.percentile_ms(50) * 1000)


def _token_parts(verification_context: VerificationContext) -> Iterator[tuple[str, float]]:
    jws = compact.parse(verification_context.source)
    yield "format/jws", _median(lambda: compact.parse(verification_context.source))
    yield "format/claims", _median(lambda: claims.read(jws))


def _parts(verification_context: VerificationContext, *, suite: str) -> Iterator[tuple[str, float]]:
    [proof] = verification_context.secured_proofs
    assert isinstance(proof, Proof)  # noqa: S101 - the benchmark itself signed with this proof type
    if suite not in JSON_SUITES:
        quads = to_quads(verification_context.document)
        options = {**proof.options, "@context": verification_context.document["@context"]}
        canonical = rdfc.canonicalize(quads)
        yield "context/quads", _median(lambda: to_quads(verification_context.document))
        yield "context/rdfc", _median(lambda: rdfc.canonicalize(quads))
        yield "context/options", _median(lambda: rdfc.canonicalize(to_quads(options)))
    else:
        options = dict(proof.options)
        canonical = jcs.canonicalize(verification_context.document)
        yield "context/jcs", _median(lambda: jcs.canonicalize(verification_context.document))
        yield "context/options", _median(lambda: jcs.canonicalize(options))
    yield "context/sha256", _median(lambda: hashlib.sha256(canonical).digest())


def _median(task: Callable[[], object]) -> float:
    """Return the median time in microseconds."""
    return median(repeated(task)(0.2)) / 1000


def _new_context(source: bytes) -> VerificationContext:
    return VerificationContext(source, badges.resolver(), badges.NOW, DEFAULT_OPTIONS)


def _outcome(run: Callable[[VerificationContext], object], verification_context: VerificationContext) -> object:
    try:
        return run(verification_context)
    except CheckNotPassed as error:
        return error.outcome
