"""Read the proof of a domain: its TXT records and its well-known file."""

from __future__ import annotations

from collections.abc import Sequence

from dns import resolver
from dns.exception import DNSException, Timeout

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.cache import Source
from chalicelib.net.fetching.deadline import Deadline, Monotonic

DNS_SECONDS = 4.0
FILE_SECONDS = 5.0
MAX_RECORDS = 32
"""Maximum records to read; a name for this purpose has one or two."""


class NetworkDomainReader:
    """Implements `chalicelib.award.issuers.domain_proof.DomainReader`. Names are resolved by the system resolver, like
    all host names. Files are read through the guarded fetcher but not the cache, because a person who has just
    published the file will try again at once."""

    def __init__(self, source: Source, clock: Monotonic, names: resolver.Resolver | None = None) -> None:
        self._source = source
        self._clock = clock
        self._names = names or resolver.Resolver()

    def records(self, name: str) -> Sequence[str]:
        """See the port."""
        try:
            answer = self._names.resolve(f"{name}.", "TXT", lifetime=DNS_SECONDS, search=False)
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return ()
        except Timeout as error:
            raise Unavailable(f"The name servers of {name} did not respond in time.", code="timeout") from error
        except DNSException as error:
            raise Unavailable(f"The records of {name} could not be read.", code="dns_failed") from error
        # A record may consist of several strings of up to 255 bytes (RFC 1035, 3.3.14).
        return [b"".join(record.strings).decode("utf-8", "replace") for record in list(answer)[:MAX_RECORDS]]

    def file(self, url: str) -> bytes:
        """See the port. Redirects are followed, because only the owner of a host controls its well-known paths (RFC
        8615)."""
        deadline = Deadline.after(FILE_SECONDS, self._clock)
        return self._source.get(url, accept="text/plain", deadline=deadline).fetched.body
