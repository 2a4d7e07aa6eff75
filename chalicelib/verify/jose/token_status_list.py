"""Status lists in JWTs, and the claim that refers to them (Token Status List, draft-ietf-oauth-status-list-21)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify import base64url, bitstring
from chalicelib.verify.jose import compact, dates
from chalicelib.verify.members import as_object, string

TYPE = "statuslist+jwt"
LIMITS = strict_json.Limits(size=1024 * 1024, depth=8, members=64)
"""A list may be as large as the largest document that is fetched: one bit each for a million credentials, of which one
in twenty is revoked, takes 50 KB."""
MAX_INDEX = 2**32
"""More entries than any list that can be decompressed here has."""
_SIZES = (1, 2, 4, 8)
"""Permitted bits of one status (4.1)."""
_STATUS_LIST = "status_list"


class Reference(NamedTuple):
    """Where a token's status is (6.2)."""

    url: str
    entry: int
    """The place in the list at that address, from 0."""


class StatusListToken(NamedTuple):
    """A list in a token of which nothing is verified yet (5.1)."""

    jws: compact.Jws
    url: str
    """The address that the list says it belongs to (`sub`)."""
    issuer: str | None
    issued: datetime
    starts: datetime | None
    expires: datetime | None
    lifetime: timedelta | None
    """How long a copy may be used (`ttl`)."""
    has_audience: bool
    size: int
    """Bits of one status."""
    packed: str


def mechanisms(claim: object) -> Mapping[str, object]:
    """Return what the claim `status` contains, by mechanism. Raises `Malformed` (`status_malformed`) for nothing."""
    found = as_object(claim)
    if not found:
        raise _malformed_claim()
    return found


def reference(name: str, value: object) -> Reference | None:
    """Return the reference in the mechanism ``name`` of a claim; None for a mechanism of another name.

    Raises `Malformed` (`status_malformed`).
    """
    if name != _STATUS_LIST:
        return None
    members = as_object(value)
    url, index = string(members.get("uri")), members.get("idx")
    if url is None or type(index) is not int or not 0 <= index < MAX_INDEX:
        raise _malformed_claim()
    return Reference(url, index)


def read(data: bytes) -> StatusListToken:
    """Read the token ``data``. White space around it is ignored, since it is a file of its own.

    Raises `Malformed`: the codes of `compact.parse` and `strict_json.parse`; `token_type_other` for another token;
    `claims_malformed`; `status_list_malformed`.
    """
    jws = compact.parse(data.strip(), LIMITS.size)
    if (jws.typ or "").lower().removeprefix("application/") != TYPE:
        raise Malformed("The token is not a status list.", code="token_type_other")
    claims = strict_json.parse(jws.payload, LIMITS)
    listed = as_object(claims.get(_STATUS_LIST))
    size, packed = listed.get("bits"), string(listed.get("lst"))
    if type(size) is not int or size not in _SIZES or packed is None:
        raise Malformed("The status list has no readable content.", code="status_list_malformed")
    return StatusListToken(
        jws=jws,
        url=_text(claims, "sub") or "",
        issuer=_text(claims, "iss"),
        issued=dates.read(claims.get("iat")),
        starts=_date(claims, "nbf"),
        expires=_date(claims, "exp"),
        lifetime=_lifetime(claims),
        has_audience="aud" in claims,
        size=size,
        packed=packed,
    )


def unpack(packed: str) -> bytes:
    """Return the statuses in ``packed``: base64url of ZLIB. Never inflates more than `bitstring.MAX_BYTES`.

    Raises `Malformed` with the code `status_list_malformed` or `status_list_too_large`.
    """
    inflater = zlib.decompressobj()
    try:
        statuses = inflater.decompress(base64url.decode(packed.encode("ascii")), bitstring.MAX_BYTES)
    except (UnicodeEncodeError, Malformed, zlib.error) as error:
        raise Malformed("The status list cannot be decompressed.", code="status_list_malformed") from error
    if inflater.unconsumed_tail:
        raise Malformed(
            f"The decompressed status list has more than {bitstring.MAX_BYTES:,} bytes.", code="status_list_too_large"
        )
    if not inflater.eof or inflater.unused_data:
        raise Malformed("The status list is truncated or has trailing data.", code="status_list_malformed")
    return statuses


def status(statuses: bytes, entry: int, size: int) -> int:
    """Return the ``entry`` of ``size`` bits, 0 being the lowest bits of the first byte (4.1, step 3).

    Raises `Malformed` with the code `status_index_out_of_range`.
    """
    number = len(statuses) * 8 // size
    if entry >= number:
        raise Malformed(f"Entry {entry} is not in a list of {number:,}.", code="status_index_out_of_range")
    position = entry * size
    return statuses[position // 8] >> position % 8 & (1 << size) - 1


def _lifetime(claims: Mapping[str, object]) -> timedelta | None:
    if "ttl" not in claims:
        return None
    seconds = claims["ttl"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        raise Malformed("The token's claim 'ttl' is not valid.", code="claims_malformed")
    return timedelta(seconds=min(seconds, _LONGEST))


_LONGEST = 10 * 365 * 86_400
"""Seconds of the longest lifetime that is told apart from a longer one."""


def _date(claims: Mapping[str, object], name: str) -> datetime | None:
    return dates.read(claims[name]) if name in claims else None


def _text(claims: Mapping[str, object], name: str) -> str | None:
    if name not in claims:
        return None
    value = string(claims[name])
    if value is None:
        raise Malformed(f"The token's claim {name!r} is not valid.", code="claims_malformed")
    return value


def _malformed_claim() -> Malformed:
    return Malformed("Its status does not name a status list.", code="status_malformed")
