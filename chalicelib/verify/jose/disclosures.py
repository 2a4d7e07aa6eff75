"""Disclosures of an SD-JWT (RFC 9901, 7.1): put back what the holder discloses, and leave out all else.

The issuer signs a digest in the place of each claim that the holder may withhold. A disclosure counts only if exactly
one such digest is its own, so no one but the issuer can add a claim, and none can appear in two places.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify import base64url

_ALGORITHMS = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
"""Values of `_sd_alg` (RFC 9901, 4.1.1): the names of IANA's Named Information registry. Weaker hashes than SHA-256
would let a holder find a second disclosure with the same digest."""
_DIGESTS, _ELEMENT, _ALGORITHM = "_sd", "...", "_sd_alg"
_RESERVED = frozenset({_DIGESTS, _ELEMENT})
NEVER_SELECTIVE = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", _ALGORITHM})
"""Claims of the token itself, which the holder must not be able to withhold (SD-JWT VC, 2.2.2.2)."""


class Disclosed(NamedTuple):
    """The payload with the disclosed claims in their places."""

    payload: dict[str, object]
    withheld: frozenset[str]
    """The members of the credential with a digest without a disclosure in them: withheld claims, or decoys. Empty text
    stands for the credential itself."""


def sd_hash(presented: bytes, payload: Mapping[str, object]) -> str:
    """Return the digest of a token with its disclosures, which a key binding signs (RFC 9901, 4.3.1)."""
    return _digest(presented, payload)


def disclose(payload: dict[str, object], disclosures: Sequence[bytes]) -> Disclosed:
    """Return ``payload`` with the claims in ``disclosures``, which are base64url.

    Raises `Malformed`: `sd_malformed`, `sd_repeated` when a digest or a disclosure occurs twice, `sd_unused` for a
    disclosure without a digest, `sd_contradicts` when a disclosure would replace a claim, `sd_algorithm_unsupported`.
    """
    found: dict[str, _Disclosure] = {}
    for disclosure in disclosures:
        digest = _digest(disclosure, payload)
        if digest in found:
            raise Malformed("The token contains the same disclosure twice.", code="sd_repeated")
        found[digest] = _read(disclosure)
    rebuilding = _Rebuilding(found)
    rebuilt = rebuilding.of_object(payload, top=True)
    rebuilt.pop(_ALGORITHM, None)
    if len(rebuilding.used) < len(found):
        # RFC 9901, 7.1, step 5.
        raise Malformed("The token contains a disclosure that its issuer did not sign.", code="sd_unused")
    return Disclosed(rebuilt, withheld=frozenset(rebuilding.withheld))


def _digest(data: bytes, payload: Mapping[str, object]) -> str:
    name = payload.get(_ALGORITHM, "sha-256")
    algorithm = _ALGORITHMS.get(name) if isinstance(name, str) else None
    if algorithm is None:
        raise Malformed(
            f"Laurel does not support the hash algorithm {str(name)[:32]!r} of this token.",
            code="sd_algorithm_unsupported",
        )
    return base64url.encode(algorithm(data).digest()).decode()


class _Disclosure(NamedTuple):
    """A claim of an object, or an item of an array if it has no name."""

    name: str | None
    value: object


def _read(disclosure: bytes) -> _Disclosure:
    try:
        document = strict_json.parse(b'{"":%b}' % base64url.decode(disclosure))
    except Malformed as error:
        raise Malformed(f"A disclosure of the token cannot be read. {error.detail}", code="sd_malformed") from error
    parts = document.get("")
    if len(document) != 1 or not isinstance(parts, list) or not parts or not isinstance(parts[0], str):
        raise _malformed()
    if len(parts) == 2:
        return _Disclosure(None, parts[1])
    if len(parts) != 3 or not isinstance(parts[1], str) or parts[1] in _RESERVED:
        raise _malformed()
    return _Disclosure(parts[1], parts[2])


@dataclass(slots=True)
class _Rebuilding:
    """One pass over a payload."""

    disclosures: Mapping[str, _Disclosure]
    seen: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
    path: list[str] = field(default_factory=list)
    """The names of the members around the current place."""
    depth: int = 0

    def of_object(self, source: Mapping[str, object], *, top: bool = False) -> dict[str, object]:
        if _ELEMENT in source:
            raise _malformed()
        rebuilt = {name: self._of_member(name, value) for name, value in source.items() if name != _DIGESTS}
        for digest in self._digests(source):
            disclosure = self._take(digest)
            if disclosure is None:
                continue
            if disclosure.name is None:
                raise _malformed()
            if disclosure.name in rebuilt or (top and disclosure.name in NEVER_SELECTIVE):
                raise Malformed("A disclosure of the token replaces a claim of its issuer.", code="sd_contradicts")
            rebuilt[disclosure.name] = self._of_member(disclosure.name, disclosure.value)
        return rebuilt

    def _of_member(self, name: str, value: object) -> object:
        if not isinstance(value, dict | list):
            return value
        self.path.append(name)
        rebuilt = self._of(value)
        self.path.pop()
        return rebuilt

    def _of(self, value: object) -> object:
        if not isinstance(value, dict | list):
            return value
        self.depth += 1
        if self.depth > strict_json.DEFAULT.depth:
            # Each disclosure is within the limit, but one may be inside another.
            raise Malformed("The token's disclosures are nested too deeply.", code="too_deep")
        rebuilt = self.of_object(value) if isinstance(value, dict) else self._of_array(value)
        self.depth -= 1
        return rebuilt

    def _of_array(self, items: list[object]) -> list[object]:
        rebuilt = []
        for item in items:
            if not isinstance(item, dict) or _ELEMENT not in item:
                rebuilt.append(self._of(item))
                continue
            if len(item) > 1:
                raise _malformed()
            disclosure = self._take(item[_ELEMENT])
            if disclosure is None:
                continue
            if disclosure.name is not None:
                raise _malformed()
            rebuilt.append(self._of(disclosure.value))
        return rebuilt

    def _digests(self, source: Mapping[str, object]) -> list[object]:
        digests = source.get(_DIGESTS, [])
        if not isinstance(digests, list):
            raise _malformed()
        return digests

    def _take(self, digest: object) -> _Disclosure | None:
        if not isinstance(digest, str):
            raise _malformed()
        if digest in self.seen:
            # RFC 9901, 7.1, step 4.
            raise Malformed("The token contains the same digest twice.", code="sd_repeated")
        self.seen.add(digest)
        disclosure = self.disclosures.get(digest)
        if disclosure is None:
            # The credential is the payload itself or, in the older data model, its member `vc`.
            path = self.path[1:] if self.path[:1] == ["vc"] else self.path
            self.withheld.add(path[0] if path else "")
        else:
            self.used.add(digest)
        return disclosure


def _malformed() -> Malformed:
    return Malformed("The selective disclosures of the token cannot be read.", code="sd_malformed")
