"""How each route that is not public is called with the things of one tenant: one entry a method and path.

`tests/http/test_two_tenants.py` calls every entry as nobody, as each role of the tenant, and as each role of another
one. A route without an entry fails there. To add one, put it into `ENTRIES` of a module of this package::

    ENTRIES = {
        ("GET", "/v1/things/{id}"): lambda at: Call(f"/v1/things/{make_a_thing(at)}"),
        ("POST", "/v1/things"): lambda at: Call("/v1/things", json={"name": "x"}, good=201),
        ("POST", "/console/{issuer}/things/{id}"): lambda at: Call(
            f"/console/{at.inside}/things/{make_a_thing(at)}", form={"name": "x"}, good=303
        ),
    }

An entry is built anew for each call, so it may make what the call then uses up. It makes the things of the tenant
`at.owner`; a page of the console stands under `at.inside`, which the test also sets to the other tenant: its own page,
asked for somebody else's things.
"""

from __future__ import annotations

import json as to_json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlencode

from tests.http.fake_laurel import Laurel, id_of

OWNER, OTHER = "fernhill", "other"
"""The two tenants. The first one's things are those of `world.seeded`."""


@dataclass(frozen=True)
class EntryContext:
    """Where an entry is built."""

    laurel: Laurel
    console_issuer: str = OWNER
    """The issuer whose part of the console is asked."""
    owner: str = OWNER
    """The issuer whose things they are."""

    @property
    def credential(self) -> str:
        """A credential of the owner that stands."""
        return id_of("valid")

    @property
    def achievement(self) -> str:
        """An achievement of the owner."""
        return next(iter(self.laurel.issuer_store.achievements(self.owner))).id


@dataclass(frozen=True)
class Call:
    """One request, and what is answered to whom."""

    path: str
    """Without ``query``."""
    json: object = None
    form: Mapping[str, str] | None = None
    """Fields of a page's form; the session's ``csrf`` is added."""
    body: bytes | None = None
    media_type: str = "application/json"
    query: str = ""
    headers: Mapping[str, str] | None = None
    allowed_status: int = 200
    """The answer to those who may; for a route `BY_SECRET`, to one whose secret is wrong."""
    foreign_status: int | None = None
    """The answer to those who may do as much, but for another tenant. None: 404 where the path names a thing of the
    owner's, and ``good`` where it names none, so that they see and do what is their own."""

    @property
    def sent(self) -> bytes | None:
        """The body, without a session's ``csrf``."""
        if self.form is not None:
            return urlencode(self.form).encode()
        return self.body if self.json is None else to_json.dumps(self.json).encode()


Builder = Callable[[EntryContext], Call]


def entries() -> dict[tuple[str, str], Builder]:
    """The entries of every module of this package, by method and path as the route is bound."""
    found: dict[tuple[str, str], Builder] = {}
    for module in pkgutil.iter_modules(__path__):
        own = import_module(f"{__name__}.{module.name}").ENTRIES
        duplicates = found.keys() & own.keys()
        assert not duplicates, f"two entries for {duplicates}"
        found |= own
    return found
