"""What is fuzzed. A target takes any bytes and returns, or raises one of Laurel's own errors; all else is a crash."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from chalicelib.award.images import formats
from chalicelib.credential import dates, multibase, strict_json
from chalicelib.credential.baked import pdf, png, svg
from chalicelib.errors import LaurelError, Unavailable
from chalicelib.net.did_web import document_url
from chalicelib.net.fetching.guard import Guard
from chalicelib.reports import pasted, web_page, wrapping
from chalicelib.verify import bitstring
from chalicelib.verify.canonical import jcs, quads, rdfc
from chalicelib.verify.did_webvh import identifier, log, witnesses
from chalicelib.verify.formats import enveloped, jws_json, sd_jwt
from chalicelib.verify.jose import claims, compact, disclosures, token_status_list
from chalicelib.verify.keys import certificate, did_jwk, did_key, jwk, pem
from chalicelib.verify.keys.did_document import controller_of
from chalicelib.verify.keys.jwk_set import methods_of
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Documents, Fetched, KnownIssuer, Resolver
from chalicelib.verify.presentations import verify as presentations
from chalicelib.verify.proofs import disclosure
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

    def fetch_again(self, url: str) -> Fetched:
        return self.fetch(url)


class _NoRegistry:
    def find(self, did: str) -> KnownIssuer | None:  # noqa: ARG002 - port
        return None


def _resolver(documents: Documents | None = None) -> Resolver:
    """One for each input, since it counts the work of a request."""
    return Resolver(_NoResolver(), _NoResolver(), _NoRegistry(), documents=documents)


class WrongAnswerError(AssertionError):
    """Not a parser crash, but a verdict that random bytes must never get."""


class _Echo:
    """Every address answers with what is tested, so that each document of a badge is fuzzed."""

    body = b""

    def fetch(self, url: str) -> Fetched:
        return Fetched(url, self.body, NOW)


def _old_badge(data: bytes) -> None:
    documents = _Echo()
    documents.body = data
    verify(data, resolver=_resolver(documents), now=NOW)


def _verify(data: bytes) -> None:
    # No signature in the corpus is by a key that fuzzing could find, so a changed document is never valid.
    if verify(data, resolver=_resolver(), now=NOW).verdict is Verdict.VALID:
        raise WrongAnswerError("random bytes are a valid credential")


def _canonical(data: bytes) -> None:
    rdfc.canonicalize(quads.to_quads(strict_json.parse(data)))


def _jcs(data: bytes) -> None:
    value = strict_json.parse(data)
    if strict_json.parse(jcs.canonicalize(value)) != value:
        raise WrongAnswerError("the canonical form says something else")


def _token(data: bytes) -> None:
    claims.read(compact.parse(data))


def _disclosures(data: bytes) -> None:
    token, *disclosed = data.split(b"~")
    disclosures.disclose(strict_json.parse(token), disclosed)


def _status_list_token(data: bytes) -> None:
    listed = token_status_list.read(data)
    token_status_list.status(token_status_list.unpack(listed.packed), 7, listed.size)


def _presentation(data: bytes) -> None:
    if presentations.verify(data, resolver=_resolver(), now=NOW).verdict is Verdict.VALID:
        raise WrongAnswerError("random bytes are a valid presentation")


def _history(data: bytes) -> None:
    # The identifier of a seed, so that changes of its history are tried too.
    of = identifier.parse("did:webvh:QmaxTcXgsfbVw2bz2ZRnDr2YunPnf2YGZsRSn85pLebnE7:issuer.example")
    witnesses.check(log.read(of, data, NOW.replace(year=2027)), b"[]")


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
    "disclosures": _disclosures,
    "sd_jwt": lambda data: void(sd_jwt.read(data)),
    "jws_json": lambda data: void(jws_json.read(data)),
    "open_badges_2": _old_badge,
    "pem": _text(pem.read),
    "certificate": lambda data: void(certificate.read(base64.b64encode(data).decode())),
    "presentation": _presentation,
    "enveloped": lambda data: void(enveloped.read(data)),
    "bitstring": _text(bitstring.decode),
    "status_list_token": _status_list_token,
    "zlib_list": _text(token_status_list.unpack),
    "multibase": _text(multibase.decode_base58btc),
    "dates": _text(dates.parse),
    "did_key": _text(did_key.controller_of),
    "did_jwk": _text(did_jwk.controller_of),
    "derived_proof": _text(disclosure.read),
    "did_web": _text(document_url),
    "did_webvh": _text(identifier.parse),
    "history": _history,
    "url": _text(Guard().target),
    "did_document": _document,
    "image": lambda data: void(formats.check(data)),
    "baked_png": lambda data: void(png.read(data, pasted.MAX_SIZE)),
    "pdf": lambda data: void(pdf.read(data, pasted.MAX_SIZE)),
    "baked_svg": lambda data: void(svg.read(data, pasted.MAX_SIZE)),
    "paste": lambda data: void(pasted.read(data, "https://laurel.example")),
    "web_page": lambda data: void((web_page.linked(data, "https://a.example/b"), web_page.embedded(data))),
    "several": lambda data: void(wrapping.several(data)),
}


def void(_value: object) -> None:
    """Throw a result away."""


def run(name: str, data: bytes) -> None:
    """Give ``data`` to the target ``name``. Whatever this raises is a bug."""
    try:
        TARGETS[name](data)
    except LaurelError:
        return
