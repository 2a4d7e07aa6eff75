"""From bytes to the full report, beside the peers; beside the bare signature check; and where the time goes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from statistics import median

from benchmarks import badges
from benchmarks.core import one_core
from benchmarks.line import Line
from benchmarks.peers import Peer, all_peers
from benchmarks.rounds import Samples, measure, progress, repeated
from chalicelib.verify.asked import Asked
from chalicelib.verify.canonical import jcs, rdfc
from chalicelib.verify.canonical.quads import to_quads
from chalicelib.verify.case import Case, Result, Unproven
from chalicelib.verify.data_integrity import Proof
from chalicelib.verify.pipeline import CHECKS, verify
from chalicelib.verify.view import view_of

SIZES = ("simple", "complete")
SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
STAGE_ROUNDS = 400


def lines() -> Iterator[Line]:
    """`verify/<suite>/<size>`, `verify/ed25519`, `stage/<suite>/<size>/<part>`."""
    with one_core(), all_peers() as peers:
        for suite in SUITES:
            for size in SIZES:
                yield from _verification(suite, size, peers[suite])


def _verification(suite: str, size: str, peer: Peer) -> Iterator[Line]:
    source = badges.badge(size, suite)
    bench = f"verify/{suite}/{size}"
    progress(f"{bench}: {len(source)} bytes")
    if verify(source, world=badges.WORLD, now=badges.NOW).credential is None:
        raise RuntimeError(f"{bench}: Laurel does not accept the badge")
    message = b"\0" * 64
    signature, public = badges.KEY.sign(message), badges.KEY.public_key()
    found = measure(
        {
            "Laurel": repeated(lambda: verify(source, world=badges.WORLD, now=badges.NOW)),
            peer.name: peer.verifies(source, suite, badges.NOW.isoformat()),
            "Ed25519 alone": repeated(lambda: public.verify(signature, message)),
        }
    )
    ours, theirs, bare = found["Laurel"], found[peer.name], found["Ed25519 alone"]
    yield _rate(bench, ours, peer.name, theirs)
    if (suite, size) == ("eddsa-rdfc-2022", "simple"):
        yield _rate("verify/ed25519", bare, f"Laurel, {bench}", ours)
    whole = ours.percentile_ms(50) * 1000
    for part, micros in _stages(source, suite):
        yield Line(f"stage/{suite}/{size}/{part}", micros, "us", peer=bench, peer_value=whole)


def _rate(bench: str, ours: Samples, peer: str, theirs: Samples) -> Line:
    return Line(bench, ours.per_second, "1/s", ours.percentile_ms(50), ours.percentile_ms(99), peer, theirs.per_second)


def _stages(source: bytes, suite: str) -> Iterator[tuple[str, float]]:
    """Each check, and the parts of the dearest ones: median microseconds."""
    times: dict[str, list[int]] = {check.name: [] for check in CHECKS}
    case = _empty_case(source)
    for _ in range(STAGE_ROUNDS):
        case = _empty_case(source)
        for check in CHECKS:
            before = time.perf_counter_ns()
            _outcome(check.run, case)
            times[check.name].append(time.perf_counter_ns() - before)
    for name, spent in times.items():
        yield name, median(spent) / 1000
    yield from _parts(case, suite)


def _parts(case: Case, suite: str) -> Iterator[tuple[str, float]]:
    [proof] = case.seals
    assert isinstance(proof, Proof)  # noqa: S101 - the benchmark signed it so
    if suite == "eddsa-rdfc-2022":
        quads = to_quads(case.document)
        options = {**proof.options, "@context": case.document["@context"]}
        canonical = rdfc.canonicalize(quads)
        yield "context/quads", _median(lambda: to_quads(case.document))
        yield "context/rdfc", _median(lambda: rdfc.canonicalize(quads))
        yield "context/options", _median(lambda: rdfc.canonicalize(to_quads(options)))
    else:
        options = dict(proof.options)
        canonical = jcs.canonicalize(case.document)
        yield "context/jcs", _median(lambda: jcs.canonicalize(case.document))
        yield "context/options", _median(lambda: jcs.canonicalize(options))
    yield "context/sha256", _median(lambda: hashlib.sha256(canonical).digest())
    yield "view", _median(lambda: view_of(case.document, case.model))


def _median(task: Callable[[], object]) -> float:
    """Microseconds."""
    return median(repeated(task)(0.2)) / 1000


def _empty_case(source: bytes) -> Case:
    return Case(source, badges.WORLD, badges.NOW, Asked())


def _outcome(run: Callable[[Case], Result], case: Case) -> object:
    try:
        return run(case)
    except Unproven as error:
        return error.outcome
