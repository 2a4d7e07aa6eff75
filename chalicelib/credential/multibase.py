"""Multibase base58btc and the Multikey form of Ed25519 keys (Controlled Identifiers v1.0, 2.2 and 2.4)."""

from __future__ import annotations

from chalicelib.errors import Malformed

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_TO_DIGITS = bytes.maketrans(_ALPHABET.encode(), bytes(range(58)))

ED25519_PREFIX = b"\xed\x01"
"""The multicodec varint of an Ed25519 public key."""
P256_PREFIX = b"\x80\x24"
"""The multicodec varint of a P-256 public key; a compressed point follows it."""
MAX_CHARACTERS = 512
"""Maximum characters: decoding is quadratic in the length; an Ed25519 signature has 88 characters, a P-384 key 69."""


def decode_base58btc(text: str) -> bytes:
    """The bytes behind ``z`` + base58btc. Raises `Malformed`."""
    if text[:1] != "z" or len(text) > MAX_CHARACTERS:
        raise Malformed("This is not a base58btc value that starts with 'z'.", code="not_base58btc")
    if invalid := text[1:].strip(_ALPHABET):
        raise Malformed(f"{invalid[0]!r} is not a base58 character.", code="not_base58btc")
    number = _number(text[1:].encode().translate(_TO_DIGITS))
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _number(digits: bytes) -> int:
    """The number that these base58 digits represent. Adjacent digits are combined to pairs, all at once, then pairs to
    fours, and so on."""
    number = int.from_bytes(digits, "big")
    for width, every_other, base in _JOINS:
        if width >= 8 * len(digits):
            break
        number = (number & every_other) + (number >> width & every_other) * base
    return number


_JOINS = [
    (width, sum((2**width - 1) << at for at in range(0, 8 * MAX_CHARACTERS, 2 * width)), 58 ** (width // 8))
    for width in (8 << step for step in range(MAX_CHARACTERS.bit_length() - 1))
]
"""For digits, pairs, fours...: the width in bits, a mask of every other one, and the factor of the higher of the
two."""


def encode_base58btc(data: bytes) -> str:
    """``z`` + base58btc of ``data``."""
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, remainder = divmod(number, 58)
        digits = _ALPHABET[remainder] + digits
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def encode_ed25519(public: bytes) -> str:
    """The Multikey form (``z6Mk...``) of a raw 32-byte Ed25519 public key."""
    return encode_base58btc(ED25519_PREFIX + public)


def encode_p256(point: bytes) -> str:
    """The Multikey form (``zDn...``) of a P-256 public key, a compressed point."""
    return encode_base58btc(P256_PREFIX + point)


def decode_ed25519(multikey: str) -> bytes:
    """The raw 32 bytes of an Ed25519 Multikey. Raises `Malformed` (`key_unsupported` for another key type)."""
    data = decode_base58btc(multikey)
    if data[:2] != ED25519_PREFIX:
        raise Malformed("Laurel does not support this type of key yet.", code="key_unsupported")
    if len(data) != 34:
        raise Malformed("An Ed25519 key has 32 bytes.", code="key_malformed")
    return data[2:]
