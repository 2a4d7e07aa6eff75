"""Status list bitstrings: compression, size limits, access to single bits (Bitstring Status List v1.0, 3.3 to 3.5)."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from chalicelib.errors import Malformed

MIN_BITS = 131_072
"""Fewer entries could identify the holder (Bitstring Status List v1.0, 6.1)."""
MAX_BYTES = 8 * 1024 * 1024
"""Maximum bytes: 2^26 entries, the limit that the specification's authors discuss
(w3c/vc-bitstring-status-list#208)."""

_BASE64URL = re.compile(r"u[A-Za-z0-9_-]+", re.ASCII)


def encode(bits: bytes) -> str:
    """Encode ``bits`` as an `encodedList`: multibase base64url of gzip. The output is deterministic."""
    # zlib writes a gzip header without a time or a file name.
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    packed = packer.compress(bits) + packer.flush()
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(encoded: str) -> bytes:
    """Decode an `encodedList` to its bits. Never inflates more than `MAX_BYTES`.

    Raises `Malformed` with code `status_list_malformed`, `status_list_too_large` or `status_list_too_short`.
    """
    if not _BASE64URL.fullmatch(encoded):
        raise Malformed("The status list is not base64url text that starts with 'u'.", code="status_list_malformed")
    return _inflated(encoded[1:])


def decode_2021(encoded: str) -> bytes:
    """Decode an `encodedList` of StatusList2021: without a multibase prefix, in either base64 alphabet, since its
    implementations differ. Raises as `decode` does."""
    plain = encoded.rstrip("=").replace("+", "-").replace("/", "_")
    if not _BASE64URL.fullmatch(f"u{plain}"):
        raise Malformed("The status list is not base64 text.", code="status_list_malformed")
    return _inflated(plain)


def _inflated(encoded: str) -> bytes:
    try:
        packed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        bits = inflater.decompress(packed, MAX_BYTES)
    except (binascii.Error, zlib.error) as error:
        raise Malformed("The status list cannot be decompressed.", code="status_list_malformed") from error
    if inflater.unconsumed_tail:
        raise Malformed(
            f"The decompressed status list has more than {MAX_BYTES:,} bytes.", code="status_list_too_large"
        )
    if not inflater.eof or inflater.unused_data:
        raise Malformed("The status list is truncated or has trailing data.", code="status_list_malformed")
    if len(bits) * 8 < MIN_BITS:
        raise Malformed(
            f"The status list has {len(bits) * 8:,} entries; at least {MIN_BITS:,} are required.",
            code="status_list_too_short",
        )
    return bits


def get(bits: bytes, index: int, size: int = 1) -> int:
    """Return the value of the ``size`` bits of entry ``index``, 0 being the leftmost.

    Raises `Malformed`: `status_index_out_of_range`; `status_list_too_short` if the list has too few entries of ``size``
    bits.
    """
    if len(bits) * 8 // size < MIN_BITS:
        raise Malformed(
            f"The status list has {len(bits) * 8 // size:,} entries; at least {MIN_BITS:,} are required.",
            code="status_list_too_short",
        )
    first, last = index * size, index * size + size - 1
    _check_index(bits, first)
    _check_index(bits, last)
    found = int.from_bytes(bits[first // 8 : last // 8 + 1], "big")
    return found >> (7 - last % 8) & ((1 << size) - 1)


def with_bit(bits: bytes, index: int, value: bool) -> bytes:
    """Return a copy of ``bits`` with the bit at ``index`` set to ``value``. Raises as `get` does."""
    _check_index(bits, index)
    copy = bytearray(bits)
    mask = 1 << (7 - index % 8)
    copy[index // 8] = copy[index // 8] | mask if value else copy[index // 8] & ~mask
    return bytes(copy)


def _check_index(bits: bytes, index: int) -> None:
    if not 0 <= index < len(bits) * 8:
        raise Malformed(f"Entry {index} is not in a list of {len(bits) * 8:,}.", code="status_index_out_of_range")
