"""How each non-public route is called with the data of one tenant: one entry per method and path.

`tests/http/test_two_tenants.py` calls every entry without credentials, as each role of the tenant, and as each role of
another tenant. A route without an entry fails there. To add one, put it into `ENTRIES` of a module of this package::

    ENTRIES = {
        ("GET", "/v1/things/{id}"): lambda at: Call(f"/v1/things/{create_thing(at)}"),
        ("POST", "/v1/things"): lambda at: Call("/v1/things", json={"name": "x"}, allowed_status=201),
        ("POST", "/console/{issuer}/things/{id}"): lambda at: Call(
            f"/console/{at.console_issuer}/things/{create_thing(at)}", form={"name": "x"}, allowed_status=303
        ),
    }

An entry is built for each call, so it may create what the call uses up. It creates the data of the tenant `at.owner`. A
console page is under `at.console_issuer`, which the test also sets to the other tenant, to request another tenant's
data from the caller's own console.
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
"""The two tenants. The data of the first is that of `fake_laurel.seeded`."""


@dataclass(frozen=True)
class EntryContext:
    """The tenants for which an entry is built."""

    laurel: Laurel
    console_issuer: str = OWNER
    """The issuer whose console is requested."""
    owner: str = OWNER
    """The issuer that owns the data."""

    @property
    def credential(self) -> str:
        """A valid credential of the owner."""
        return id_of("valid")

    @property
    def achievement(self) -> str:
        """An achievement of the owner."""
        return next(iter(self.laurel.issuer_store.achievements(self.owner))).id


@dataclass(frozen=True)
class Call:
    """One request and the expected status per caller."""

    path: str
    """The path without ``query``."""
    json: object = None
    form: Mapping[str, str] | None = None
    """Fields of a page's form; the test adds the session's ``csrf``."""
    body: bytes | None = None
    media_type: str = "application/json"
    query: str = ""
    headers: Mapping[str, str] | None = None
    allowed_status: int = 200
    """The status for callers with access; for a route `BY_SECRET`, the status for a wrong secret."""
    foreign_status: int | None = None
    """The status for callers with the same access to another tenant. None means 404 if the path names the owner's data,
    and ``allowed_status`` if it does not, because the callers then get their own data."""

    @property
    def sent(self) -> bytes | None:
        """The body without the session's ``csrf``."""
        if self.form is not None:
            return urlencode(self.form).encode()
        return self.body if self.json is None else to_json.dumps(self.json).encode()


Builder = Callable[[EntryContext], Call]


def entries() -> dict[tuple[str, str], Builder]:
    """The entries of every module of this package, by method and bound path."""
    found: dict[tuple[str, str], Builder] = {}
    for module in pkgutil.iter_modules(__path__):
        own = import_module(f"{__name__}.{module.name}").ENTRIES
        duplicates = found.keys() & own.keys()
        assert not duplicates, f"two entries for {duplicates}"
        found |= own
    return found
