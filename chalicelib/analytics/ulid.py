"""ULIDs: identifiers whose text order is time order (github.com/ulid/spec)."""

from __future__ import annotations

from datetime import UTC, datetime

ENTROPY_BYTES = 10
"""80 random bits, as the specification requires."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ulid(at: datetime, entropy: bytes) -> str:
    """Create a ULID of 26 characters: ``at`` in milliseconds since 1970 (48 bits), then the ten bytes of ``entropy``.

    Raises `ValueError` when ``entropy`` is not ten bytes or ``at`` is before 1970.
    """
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"a ULID takes {ENTROPY_BYTES} random bytes, not {len(entropy)}")
    since = at - _EPOCH
    milliseconds = (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000
    value = int.from_bytes(milliseconds.to_bytes(6) + entropy) if milliseconds >= 0 else -1
    if value < 0:
        raise ValueError("a ULID cannot be from before 1970")
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
