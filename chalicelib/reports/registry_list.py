"""Registries of issuers outside Laurel, in the list format of the Digital Credentials Consortium.

A list is a JSON object, ``{"registry": {"<DID>": {"name": "…", "location": "…", "url": "…"}}}``; older lists call the
member `entries`. The name is all that Laurel uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify.members import as_object, text

LIMITS = strict_json.Limits(size=1024 * 1024, depth=8, members=50_000)
"""Room for 10,000 issuers. The largest public list has a few hundred."""
_ENTRIES = ("registry", "entries")


@dataclass(frozen=True, slots=True)
class RegistrySource:
    """A registry that the operators of the deployment trust."""

    name: str
    """How reports call it."""
    location: str
    """The https URL of its list, or the path of a file."""

    @property
    def is_fetched(self) -> bool:
        """Whether the list is on another host."""
        return self.location.startswith("https://")


@lru_cache(maxsize=16)
def names_in(body: bytes) -> Mapping[str, str]:
    """Return the name of each issuer in the list ``body``, by DID. Raises `Malformed` if it is no such list."""
    document = strict_json.parse(body, LIMITS)
    entries = next((entries for name in _ENTRIES if isinstance(entries := document.get(name), dict)), None)
    if entries is None:
        raise Malformed("This is not a list of issuers.", code="registry_malformed")
    return {did: name for did, entry in entries.items() if (name := text(as_object(entry).get("name")))}
