"""The identifier, and where its files are (did:webvh v1.0, "The DID to HTTPS Transformation")."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.credential.did import DID_WEBVH
from chalicelib.errors import Malformed

PREFIX = "did:webvh:"
WELL_KNOWN = "/.well-known/"


class Identifier(NamedTuple):
    """The parts of a did:webvh."""

    did: str
    scid: str
    """The hash of its first version, which no one can make for another one."""
    folder: str
    """The address of the folder that contains its files, with a slash at the end."""

    @property
    def log(self) -> str:
        """The address of its history."""
        return f"{self.folder}did.jsonl"

    @property
    def witnesses(self) -> str:
        """The address of the confirmations."""
        return f"{self.folder}did-witness.json"


def parse(did: object) -> Identifier:
    """Parse ``did``. Raises `Malformed` (`did_malformed`). The host is not checked here: the guard does it."""
    match = DID_WEBVH.fullmatch(did) if isinstance(did, str) else None
    segments = match["path"].split(":")[1:] if match else []
    if match is None or any(segment in (".", "..") for segment in segments):
        raise Malformed(f"{str(did)[:200]!r} is not a did:webvh.", code="did_malformed")
    authority = match["host"] if match["port"] is None else f"{match['host']}:{match['port']}"
    path = f"/{'/'.join(segments)}/" if segments else WELL_KNOWN
    return Identifier(match[0], match["scid"], f"https://{authority}{path}")
