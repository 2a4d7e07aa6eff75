"""Content negotiation (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

HTML = "text/html"
JSON = "application/json"
PROBLEM = "application/problem+json"
VC = "application/vc"
LD_JSON = "application/ld+json"
VC_JWT = "application/vc+jwt"
DID_JSON = "application/did+json"
JWK_SET = "application/jwk-set+json"
JOSE = "application/jose"

_RANGE = re.compile(r"([\w!#$&^.+-]+|\*)/([\w!#$&^.+-]+|\*)", re.ASCII)
_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Range:
    main: str
    sub: str
    weight: float
    position: int

    def covers(self, offer: str) -> bool:
        main, _, sub = offer.partition("/")
        return self.main in ("*", main) and self.sub in ("*", sub)

    @property
    def precision(self) -> int:
        return (self.main != "*") + (self.sub != "*")


def ranked(accept: str | None, offers: Sequence[str]) -> list[str]:
    """Return the ``offers`` that ``accept`` allows, in order of preference.

    Higher q first; ties go to the more specific range, then to the earlier one, then to the order of ``offers``.
    A missing, empty or invalid header allows everything. Parameters other than q are ignored: serving a JSON-LD
    client that asks for a profile is better than rejecting it.
    """
    ranges = _parse(accept or "*/*") or _parse("*/*")
    wanted = []
    for offer in offers:
        covering = [item for item in ranges if item.covers(offer)]
        exact = max(covering, key=lambda item: (item.precision, -item.position), default=None)
        if exact is not None and exact.weight > 0:
            wanted.append(((-exact.weight, -exact.precision, exact.position), offer))
    return [offer for _, offer in sorted(wanted, key=lambda pair: pair[0])]


def wants_html(accept: str | None) -> bool:
    """Whether the client prefers HTML to JSON, as browsers do."""
    return ranked(accept, (PROBLEM, JSON, HTML))[:1] == [HTML]


def wants_page(accept: str | None) -> bool:
    """Whether to send the page of a resource that is also available as JSON. Programs that accept anything get JSON."""
    return ranked(accept, (JSON, HTML))[:1] == [HTML]


def _parse(header: str) -> list[_Range]:
    ranges = []
    for position, item in enumerate(header.lower().split(",")):
        media, *parameters = (part.strip() for part in item.split(";"))
        match = _RANGE.fullmatch(media)
        if match is not None and not (match[1] == "*" and match[2] != "*"):
            ranges.append(_Range(match[1], match[2], _weight(parameters), position))
    return ranges


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            # Treat an invalid weight as missing instead of rejecting the request.
            return float(value) if _WEIGHT.fullmatch(value.strip()) else 1.0
    return 1.0
