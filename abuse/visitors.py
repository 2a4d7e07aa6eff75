"""People and programs that send requests from addresses of their own to an application over in-memory ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalice.app import Chalice

from chalicelib.http.app import create_app
from tests.http.fake_laurel import Laurel, seeded
from tests.http.gateway import Gateway
from tests.http.signed_in import Browser, as_person


@dataclass(frozen=True)
class Visitor(Gateway):
    """A client at ``address``."""

    address: str = "192.0.2.1"

    def event(
        self, method: str, path: str, body: bytes | None, encode: bool, headers: Mapping[str, str]
    ) -> dict[str, object]:
        event: dict[str, Any] = super().event(method, path, body, encode, headers)
        event["requestContext"]["identity"]["sourceIp"] = self.address
        return event


@dataclass
class World:
    """A deployment with the seeded credentials of the tests, and everyone who visits it."""

    laurel: Laurel = field(default_factory=seeded)

    def __post_init__(self) -> None:
        self.app: Chalice = create_app(self.laurel)  # type: ignore[arg-type] # the tests' fakes, which are not checked strictly

    def at(self, address: str) -> Visitor:
        """A visitor at ``address``."""
        return Visitor(self.app, address=address)

    def signed_in(self, email: str, address: str) -> Browser:
        """A person who is signed in, at ``address``."""
        return as_person(self.laurel, email, client=self.at(address))
