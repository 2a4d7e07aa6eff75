"""The URLs that may be fetched. One strict grammar decides, so that no two parsers can read a URL differently."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.addresses import Address, public_address

MAX_URL = 2_048
"""Maximum characters. Credentials do not contain longer URLs, and logs and caches store them."""
HTTPS = 443

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter and is a word or punycode. This excludes every form of an IPv4 address, in any
# base (the WHATWG rule "ends in a number"), and anything in brackets. Non-ASCII letters must be given as punycode,
# because some resolvers fold a few of them to digits and dots.
_TOP = r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])"
_HOST = re.compile(rf"(?:{_LABEL}\.)+{_TOP}", re.ASCII)
_SEGMENT = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_URL = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]://(?P<host>[A-Za-z0-9.-]{1,253})(?::(?P<port>[1-9][0-9]{0,4}))?"
    # Query and fragment require a slash: parsers differ about where the host ends before a bare "?" or "#".
    rf"(?:(?P<path>/{_SEGMENT}*(?:\?(?:{_SEGMENT}|\?)*)?)(?:\#(?:{_SEGMENT}|\?)*)?)?",
    re.ASCII,
)

_LOCAL_NAMES = ("alt", "home.arpa", "internal", "local", "localhost", "onion")
"""Names that never resolve on the public internet (IANA Special-Use Domain Names, and ICANN's `.internal`). The address
check would refuse them too; this saves the DNS query."""


@dataclass(frozen=True, slots=True)
class FetchTarget:
    """A checked URL, always https. ``path`` is the request target, with the query and without the fragment."""

    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host, and port if it is not 443."""
        return self.host if self.port == HTTPS else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port (RFC 6454)."""
        return f"https://{self.authority}"

    @property
    def url(self) -> str:
        """The URL to fetch."""
        return self.origin + self.path


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules, and the exceptions of one deployment."""

    allow: frozenset[str] = field(default_factory=frozenset)
    """``host:port`` entries that may use a port other than 443 and any address: for development and tests only
    (`chalicelib.settings` refuses it in production). The host is always a name, never an address."""
    own: str = ""
    """The host of Laurel itself, which is never contacted: a URL with another spelling of its base URL, such as one
    with the port, would make Laurel read or call itself, as a host like any other."""

    def target(self, url: str) -> FetchTarget:
        """Parse and check ``url``. Raises `Unavailable` with code `url_refused`."""
        if len(url) > MAX_URL:
            raise _refused(f"The link has more than {MAX_URL:,} characters.")
        match = _URL.fullmatch(url)
        if match is None:
            raise _refused(f"{url[:80]!r} is not a plain https link, so Laurel does not open it.")
        host, port = match["host"].lower(), int(match["port"] or HTTPS)
        if f"{host}:{port}" not in self.allow:
            _check_host(host)
            if host == self.own:
                raise _refused(f"{host} is Laurel itself. Send the link as its address bar shows it.")
            if port != HTTPS:
                raise _refused(f"{host} uses port {port}. Laurel only opens the standard https port.")
        return FetchTarget(host, port, match["path"] or "/")

    def checked(self, target: FetchTarget, addresses: Sequence[Address]) -> Sequence[Address]:
        """Return ``addresses`` if ``target`` may be contacted at every one of them.

        A single non-public address refuses all, because only an attack mixes them. Raises `Unavailable`
        (`address_refused`).
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
        raise _refused(f"{host[:80]} is a name on a private network.")


def _refused(detail: str) -> Unavailable:
    return Unavailable(detail, code="url_refused")
