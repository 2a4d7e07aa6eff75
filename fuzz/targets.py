"""What is fuzzed. A target takes any bytes and returns, or raises one of Laurel's own errors; all else is a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from chalicelib.award.images import formats
from chalicelib.credential import dates, multibase, strict_json
from chalicelib.credential.baked import png, svg
from chalicelib.errors import LaurelError, Unavailable
from chalicelib.net.did_web import document_url
from chalicelib.net.fetching.guard import Guard
from chalicelib.reports import pasted
from chalicelib.verify import bitstring
from chalicelib.verify.canonical import jcs, quads, rdfc
from chalicelib.verify.jose import claims, compact
from chalicelib.verify.keys import did_jwk, did_key, jwk
from chalicelib.verify.keys.did_document import controller_of
from chalicelib.verify.keys.jwk_set import methods_of
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Fetched, KnownIssuer, Resolver
from chalicelib.verify.report import Verdict

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class _NoResolver:
    """Resolvers that know nothing and answer nothing."""

    def find(self, did: str, kid: str | None = None) -> Controller:  # noqa: ARG002 - port
        raise Unavailable("no host responds")

    def prefetch(self, urls: Sequence[str]) -> None:
        """See the port: nothing is read ahead here."""

    def fetch(self, url: str) -> Fetched:  # noqa: ARG002 - port
        raise Unavailable("nothing answers")


class _NoRegistry:
    def find(self, did: str) -> KnownIssuer | None:  # noqa: ARG002 - port
        return None


RESOLVER = Resolver(_NoResolver(), _NoResolver(), _NoRegistry())


class WrongAnswerError(AssertionError):
    """Not a parser crash, but a verdict that random bytes must never get."""


def _verify(data: bytes) -> None:
    # No signature in the corpus is by a key that fuzzing could find, so a changed document is never valid.
    if verify(data, resolver=RESOLVER, now=NOW).verdict is Verdict.VALID:
        raise WrongAnswerError("random bytes are a valid credential")


def _canonical(data: bytes) -> None:
    rdfc.canonicalize(quads.to_quads(strict_json.parse(data)))


def _jcs(data: bytes) -> None:
    value = strict_json.parse(data)
    if strict_json.parse(jcs.canonicalize(value)) != value:
        raise WrongAnswerError("the canonical form says something else")


def _token(data: bytes) -> None:
    claims.read(compact.parse(data))


def _text(parser: Callable[[str], object]) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        parser(data.decode("utf-8", "replace"))

    return target


def _document(data: bytes) -> None:
    document = strict_json.parse(data)
    controller_of(document, "did:web:a.example", ())
    methods_of(document.get("keys"), lambda kid: kid or "#")
    jwk.from_jwk(document)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "verify": _verify,
    "strict_json": lambda data: void(strict_json.parse(data)),
    "canonical": _canonical,
    "jcs": _jcs,
    "token": _token,
    "bitstring": _text(bitstring.decode),
    "multibase": _text(multibase.decode_base58btc),
    "dates": _text(dates.parse),
    "did_key": _text(did_key.controller_of),
    "did_jwk": _text(did_jwk.controller_of),
    "did_web": _text(document_url),
    "url": _text(Guard().target),
    "did_document": _document,
    "image": lambda data: void(formats.check(data)),
    "baked_png": lambda data: void(png.read(data, pasted.MAX_SIZE)),
    "baked_svg": lambda data: void(svg.read(data, pasted.MAX_SIZE)),
    "paste": lambda data: void(pasted.read(data)),
}


def void(_value: object) -> None:
    """Throw a result away."""


def run(name: str, data: bytes) -> None:
    """Give ``data`` to the target ``name``. Whatever this raises is a bug."""
    try:
        TARGETS[name](data)
    except LaurelError:
        return
