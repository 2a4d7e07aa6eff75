"""The supported formats, one module each. To add one, write `recognises` and `read` and list it in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.verify.formats import cose, embedded, enveloped, jws_json, open_badges_2, sd_jwt, vc_jwt
from chalicelib.verify.ports import Resolver
from chalicelib.verify.secured import SecuredDocument

Read = tuple[Mapping[str, object], SecuredDocument]


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    ``read`` returns the document without signatures, and how it is secured. It raises only `Malformed`, and
    `Unavailable` where the document is spread over several addresses.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, Resolver], Read]
    family: str = ""
    """The name of the data model, where the document does not say it itself."""


def _alone(read: Callable[[bytes], Read]) -> Callable[[bytes, Resolver], Read]:
    """The reader of a format that needs no other document."""
    return lambda source, _: read(source)


FORMATS = (
    Format("Open Badges 2.0", open_badges_2.recognises, open_badges_2.read, open_badges_2.FAMILY),
    Format("enveloped credential", enveloped.recognises, _alone(enveloped.read)),
    Format("JWS in JSON", jws_json.recognises, _alone(jws_json.read)),
    Format("JSON with Data Integrity proofs", embedded.recognises, embedded.read),
    Format("VC-JWT", vc_jwt.recognises, _alone(vc_jwt.read)),
    Format("SD-JWT", sd_jwt.recognises, _alone(sd_jwt.read)),
    Format("COSE", cose.recognises, _alone(cose.read)),
)
"""Tried in this order; the first format that recognises the bytes reads them."""
