"""Values as Open Badges 2.0 and its older platforms write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from chalicelib.credential import dates
from chalicelib.verify.members import as_list, as_object, is_true, string, text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NO_ZONE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?", re.ASCII)
_ZONE_WITHOUT_COLON = re.compile(r"(.*[+-]\d{2})(\d{2})", re.ASCII)
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""
_HASHES = ("sha256$", "md5$")
"""How a hashed identity starts, even where `hashed` is missing (IdentityHash)."""
_EMAIL = frozenset({"email", "emailaddress"})


def timestamp(value: object, *, end_of_day: bool = False) -> object:
    """Return a date of an assertion as dateTimeStamp, if it is one in any form that platforms use, else unchanged.

    Version 1 allowed days and seconds since 1970; many platforms leave out the timezone, and mean UTC.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST_SECOND:
        return dates.write(datetime.fromtimestamp(value, UTC))
    if not isinstance(value, str):
        return value
    if _DAY.fullmatch(value):
        return f"{value}T23:59:59Z" if end_of_day else f"{value}T00:00:00Z"
    if _NO_ZONE.fullmatch(value):
        return f"{value}Z"
    if zone := _ZONE_WITHOUT_COLON.fullmatch(value):
        return f"{zone[1]}:{zone[2]}" if "T" in value else value
    return value


def identity(recipient: object) -> dict[str, object] | None:
    """Return a recipient as an `IdentityObject` of Open Badges 3.0; None without an identity."""
    given = as_object(recipient)
    name = text(given.get("identity"))
    if name is None:
        return None
    kind = text(given.get("type")) or ""
    identifier: dict[str, object] = {
        "type": "IdentityObject",
        "hashed": is_true(given.get("hashed")) or name.lower().startswith(_HASHES),
        "identityHash": name,
        "identityType": "emailAddress" if kind.lower() in _EMAIL else kind or "identifier",
    }
    salt = text(given.get("salt"))
    return identifier if salt is None else {**identifier, "salt": salt}


def contradicts(claimed: object, published: object) -> bool:
    """Whether two recipients cannot be the same person. Hashes with different salts cannot be compared."""
    one, other = identity(claimed), identity(published)
    if one is None or other is None:
        return one is not None or other is not None
    if (one["hashed"], one.get("salt"), one["identityType"]) != (
        other["hashed"],
        other.get("salt"),
        other["identityType"],
    ):
        return False
    return str(one["identityHash"]).lower() != str(other["identityHash"]).lower()


def evidence(assertion: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the evidence of an assertion, given as addresses or objects."""
    found: list[dict[str, object]] = []
    for item in as_list(assertion.get("evidence")):
        node = {"id": item} if isinstance(item, str) else as_object(item)
        kept = {name: value for name in ("id", "name", "narrative") if (value := string(node.get(name)))}
        if kept:
            found.append({"type": ["Evidence"], **kept})
    return found
