"""The supported formats, one module each. To add one, write `recognises` and `read` and list it in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.verify.formats import embedded, vc_jwt
from chalicelib.verify.secured import SecuredDocument


@dataclass(frozen=True, slots=True)
class Format:
    """A format. ``read`` returns the document without signatures, and how it is secured; it raises only `Malformed`."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], tuple[Mapping[str, object], SecuredDocument]]


FORMATS = (
    Format("JSON with Data Integrity proofs", embedded.recognises, embedded.read),
    Format("VC-JWT", vc_jwt.recognises, vc_jwt.read),
)
"""Tried in this order; the first format that recognises the bytes reads them."""
