"""The formats that Laurel can read, a module each: a new one has `recognises` and `read`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.verify.formats import embedded, vc_jwt
from chalicelib.verify.secured import SecuredDocument


@dataclass(frozen=True, slots=True)
class Format:
    """``read`` gives the document without its signatures, and how it is secured. It raises `Malformed` alone."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], tuple[Mapping[str, object], SecuredDocument]]


FORMATS = (
    Format("JSON with Data Integrity proofs", embedded.recognises, embedded.read),
    Format("VC-JWT", vc_jwt.recognises, vc_jwt.read),
)
"""Asked in this order; the first that recognises the bytes reads them."""
