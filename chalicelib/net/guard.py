"""Which URLs may be fetched: judged by one strict grammar, so that no two parsers can read a URL differently."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.errors import Unavailable
from chalicelib.net.addresses import Address, public_address

MAX_URL = 2_048
"""Characters. Longer ones are not seen in credentials, and logs and caches hold them."""
HTTPS = 443

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter and is a word or punycode: so no form of an IPv4 address, in whatever base, is
# a host (the WHATWG rule "ends in a number"), and nothing in brackets. Letters beyond ASCII must come as punycode,
# because some of them are folded to digits and dots by resolvers.
_TOP = r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])"
_HOST = re.compile(rf"(?:{_LABEL}\.)+{_TOP}", re.ASCII)
_SEGMENT = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_URL = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]://(?P<host>[A-Za-z0-9.-]{1,253})(?::(?P<port>[1-9][0-9]{0,4}))?"
    # Query and fragment only behind a slash: readers differ about where the host ends before a bare "?" or "#".
    rf"(?:(?P<path>/{_SEGMENT}*(?:\?(?:{_SEGMENT}|\?)*)?)(?:\#(?:{_SEGMENT}|\?)*)?)?",
    re.ASCII,
)

_LOCAL_NAMES = ("alt", "home.arpa", "internal", "local", "localhost", "onion")
"""Names that never lead to the public internet (IANA Special-Use Domain Names, and ICANN's `.internal`). The check of
addresses would refuse them too; this saves the look-up."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that passed: always https. ``path`` is the request target, with the query and without the fragment."""

    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host, and port where it is not the usual one."""
        return self.host if self.port == HTTPS else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port (RFC 6454)."""
        return f"https://{self.authority}"

    @property
    def url(self) -> str:
        """The URL as it is fetched."""
        return self.origin + self.path


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules, and what one machine's settings except from them."""

    allow: frozenset[str] = field(default_factory=frozenset)
    """``host:port`` entries that may have another port than 443 and any address: for development and tests only
    (`chalicelib.settings` refuses it in production). Never an address: a host is always a name."""

    def target(self, url: str) -> Target:
        """The target that ``url`` names. Raises `Unavailable` with code `url_refused`."""
        if len(url) > MAX_URL:
            raise _refused(f"The link has more than {MAX_URL:,} characters.")
        match = _URL.fullmatch(url)
        if match is None:
            raise _refused(f"{url[:80]!r} is not a plain https link, so Laurel does not open it.")
        host, port = match["host"].lower(), int(match["port"] or HTTPS)
        if f"{host}:{port}" not in self.allow:
            _check_host(host)
            if port != HTTPS:
                raise _refused(f"{host} uses port {port}. Laurel only opens the standard https port.")
        return Target(host, port, match["path"] or "/")

    def checked(self, target: Target, addresses: Sequence[Address]) -> Sequence[Address]:
        """``addresses``, if ``target`` may be reached at every one of them.

        One that is not public condemns all: whoever mixes them is trying. Raises `Unavailable` (`address_refused`).
        """
        if f"{target.host}:{target.port}" in self.allow or all(map(public_address, addresses)):
            return addresses
        raise Unavailable(
            f"{target.host} resolves to a non-public address, so Laurel does not open it.",
            code="address_refused",
        )


def _check_host(host: str) -> None:
    if not _HOST.fullmatch(host):
        raise _refused(f"{host[:80]!r} is not the name of a public web server.")
    if any(host.endswith(f".{name}") for name in _LOCAL_NAMES):
        raise _refused(f"{host[:80]} is a name in a private network.")


def _refused(detail: str) -> Unavailable:
    return Unavailable(detail, code="url_refused")
