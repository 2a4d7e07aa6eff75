"""One-edit variants of a compact JWS: header, payload, signature, encoding and structure.

A variant depends only on the seed. None is signed again, so every one differs in content from the original, except the
second ECDSA signature.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.conformance import mutation

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""SEC 2, 2.4.2."""
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
"""RFC 8032, 5.1."""
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_HEADER, _PAYLOAD, _SIGNATURE = range(3)
_NAMES = ("header", "payload", "signature")

Parts = list[str]
Edit = tuple[str, str]
"""A description of the edit, and the resulting token."""


def mutants(token: bytes, seed: str, number: int) -> Iterator[tuple[str, bytes]]:
    """Yield ``number`` one-edit variants of ``token``, none equal to it, with each kind equally often, and its name."""
    rng, text = Random(seed), token.decode()
    for edit in islice(cycle(EDITS), number):
        what, variant = edit(text.split("."), rng)
        while variant == text:
            what, variant = edit(text.split("."), rng)
        yield f"{edit.__name__.strip('_')}: {what}", variant.encode()


def encoded(data: bytes) -> str:
    """Encode ``data`` in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    """Decode one part of a token."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def second_signature(signature: bytes) -> bytes:
    """Return the second ECDSA signature of the same message, which anyone can compute: r and -s (64 bytes, P-256)."""
    s = P256_ORDER - int.from_bytes(signature[32:], "big")
    return signature[:32] + s.to_bytes(32, "big")


def _payload(parts: Parts, rng: Random) -> Edit:
    return _json(parts, rng, _PAYLOAD)


def _header(parts: Parts, rng: Random) -> Edit:
    return _json(parts, rng, _HEADER)


def _json(parts: Parts, rng: Random, part_index: int) -> Edit:
    document = json.loads(decoded(parts[part_index]))
    *_, mutant = mutation.mutants(document, str(rng.random()), rng.randint(1, 5))  # cycles through the kinds of edit
    parts[part_index] = encoded(mutant.source)
    return f"{_NAMES[part_index]}: {mutant.edit}", ".".join(parts)


def _parameter(parts: Parts, rng: Random) -> Edit:
    name, value = rng.choice(_PARAMETERS)
    return _set(parts, _HEADER, name, value)


def _claim(parts: Parts, rng: Random) -> Edit:
    name, value = rng.choice(_CLAIMS)
    return _set(parts, _PAYLOAD, name, value, within="vc" if rng.random() < 0.5 else "")


def _set(parts: Parts, part_index: int, name: str, value: Any, within: str = "") -> Edit:
    document = json.loads(decoded(parts[part_index]))
    document.get(within, document)[name] = value
    parts[part_index] = encoded(json.dumps(document).encode())
    return f"{_NAMES[part_index]}: {name!r} = {value!r}", ".".join(parts)


def _character(parts: Parts, rng: Random) -> Edit:
    part_index = rng.randrange(3)
    part = parts[part_index]
    position = rng.choice([rng.randrange(len(part)), len(part) - 1])
    new = rng.choice([rng.choice(_ALPHABET), "", part[position] * 2])
    parts[part_index] = part[:position] + new + part[position + 1 :]
    return f"{_NAMES[part_index]}: {new!r} at {position}", ".".join(parts)


def _byte(parts: Parts, rng: Random) -> Edit:
    part_index = rng.randrange(3)
    data = bytearray(decoded(parts[part_index]))
    position, bit = rng.randrange(len(data)), rng.randrange(8)
    data[position] ^= 1 << bit
    parts[part_index] = encoded(bytes(data))
    return f"{_NAMES[part_index]}: bit {bit} of byte {position}", ".".join(parts)


def _spelling(parts: Parts, rng: Random) -> Edit:
    """The same bytes for a lenient base64 decoder."""
    part_index = rng.randrange(3)
    part, position = parts[part_index], rng.randrange(len(parts[part_index]) + 1)
    space = rng.choice([" ", "\n", "\r\n", "\t", "\0", "\u200b", "=", "%20", "!", "é"])
    unused = {2: 4, 3: 2}.get(len(part) % 4, 1)  # unused bits of the last character: 4, 2 or none
    last = _ALPHABET[_ALPHABET.index(part[-1]) + rng.randrange(unused)]
    parts[part_index] = rng.choice(
        [
            part + "=" * (-len(part) % 4 or 4),
            part[:position] + space + part[position:],
            part[:-1] + last,
            part.replace("-", "+").replace("_", "/"),
            part + space,
            part.replace("_", "%5F").replace("-", "%2D"),
        ]
    )
    return f"{_NAMES[part_index]}: {parts[part_index][:8]!r}...{parts[part_index][-8:]!r}", ".".join(parts)


def _signature(parts: Parts, rng: Random) -> Edit:
    data = decoded(parts[_SIGNATURE])
    r, s = int.from_bytes(data[:32], "big"), int.from_bytes(data[32:], "big")
    beyond_order = (int.from_bytes(data[32:], "little") + ED25519_ORDER) % 2**256
    choices = {
        "truncated": data[: rng.randrange(1, len(data))],
        "with bytes appended": data + rng.randbytes(rng.randint(1, 64)),
        "with bytes prepended": b"\0" + data,
        "of zeros": bytes(len(data)),
        "of ones": b"\xff" * len(data),
        "with its halves swapped": data[32:] + data[:32],
        "with r zero": bytes(32) + data[32:],
        "with s zero": data[:32] + bytes(32),
        "in DER": encode_dss_signature(r, s),
        "with s beyond the order of P-256": data[:32] + ((s + P256_ORDER) % 2**256).to_bytes(32, "big"),
        "with s beyond the order of Ed25519": data[:32] + beyond_order.to_bytes(32, "little"),
        "with each number padded": b"\0" + data[:32] + b"\0" + data[32:],
        "at random": rng.randbytes(len(data)),
        "second ECDSA": second_signature(data) if s < P256_ORDER else data[::-1],
    }
    what = rng.choice(list(choices))
    return f"a signature {what}", ".".join([*parts[:_SIGNATURE], encoded(choices[what])])


def _shape(parts: Parts, rng: Random) -> Edit:
    token = ".".join(parts)
    choices = {
        "without signature": ".".join(parts[:2]),
        "with an empty signature": ".".join([*parts[:2], ""]),
        "with an empty header": ".".join(["", *parts[1:]]),
        "with an empty payload": f"{parts[0]}..{parts[2]}",
        "with a part more": f"{token}.{parts[rng.randrange(3)]}",
        "with a dot more": f"{token}.",
        "with a dot before": f".{token}",
        "with two dots": token.replace(".", "..", 1),
        "with its parts in another order": ".".join(rng.sample(parts, 3)),
        "twice": f"{token}.{token}",
        "with a line end": f"{token}\n",
        "with a space": rng.choice([f" {token}", f"{token} "]),
        "with disclosures": f"{token}~",
        "in JSON without its header": json.dumps({"protected": "", "payload": parts[1], "signature": parts[2]}),
        "in quotes": f'"{token}"',
        "in capitals": token.upper(),
        "by another scheme": f"Bearer {token}",
    }
    what = rng.choice(list(choices))
    return what, choices[what]


EDITS: tuple[Callable[[Parts, Random], Edit], ...] = (
    _payload,
    _header,
    _parameter,
    _claim,
    _character,
    _byte,
    _spelling,
    _signature,
    _shape,
    _payload,
)

_PARAMETERS: list[tuple[str, Any]] = [
    *(("alg", name) for name in ("none", "nOnE", "", None, "HS256", "HS512", "ES256", "ES384", "ES256K", "EdDSA")),
    *(("alg", name) for name in ("Ed25519", "RS256", "PS256", "eddsa", ["EdDSA"])),
    *(("typ", name) for name in ("JWT", "vc+jwt", "vc+ld+json+jwt", "at+jwt", None, 1)),
    *(("crit", names) for names in ([], ["b64"], ["exp"], "b64", None)),
    *(("b64", value) for value in (True, False)),
    ("jwk", {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
    *(("jku", "https://other.example/keys"), ("x5u", "https://other.example/chain"), ("x5c", ["MIIB"]), ("zip", "DEF")),
    *(("kid", kid) for kid in ("", "#0", "key-1", "did:example:other#0", "../../etc/passwd", None, 7)),
    *(("cty", kind) for kind in ("vc", "JWT", "json")),
    *(("iss", "did:example:other"), ("exp", 1), ("nonce", "A"), ("enc", "A128GCM"), ("p2c", 10**9)),
]
_CLAIMS: list[tuple[str, Any]] = [
    *(("iss", value) for value in ("did:example:other", "", None, {"id": "did:example:other"})),
    *(("sub", value) for value in ("did:example:other", "", 1)),
    *(("jti", value) for value in ("urn:uuid:other", "", None)),
    *((name, value) for name in ("exp", "nbf", "iat") for value in (0, 1, -1, 2**40, 1.5, "1", None, True)),
    *(("aud", value) for value in ("https://other.example/", [])),
    *(("vc", value) for value in ({}, None, {"name": "Another"}, [], "eyJ")),
    *(("vp", {}), ("cnf", {"jwk": {}}), ("nonce", "A"), ("_sd", []), ("_sd_alg", "sha-256"), ("proof", {})),
    *(("validUntil", "2099-01-01T00:00:00Z"), ("expirationDate", "2099-01-01T00:00:00Z"), ("credentialStatus", [])),
    *(("id", "urn:uuid:other"), ("issuer", "did:example:other"), ("name", "Another"), ("unsignedClaim", "A")),
]
