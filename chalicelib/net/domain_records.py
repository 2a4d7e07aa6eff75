"""What a domain says of itself: its TXT records, and a file at a well-known address."""

from __future__ import annotations

from collections.abc import Sequence

from dns import resolver
from dns.exception import DNSException, Timeout

from chalicelib.errors import Unavailable
from chalicelib.net.cache import Source
from chalicelib.net.deadline import Deadline, Monotonic

DNS_SECONDS = 4.0
FILE_SECONDS = 5.0
MAX_RECORDS = 32
"""Records that are looked at; a name that was made for this purpose has one or two."""


class NetworkDomainReader:
    """Implements `chalicelib.award.issuers.domain_proof.Witness`. Names are looked up by the machine's own
    resolver, as those of
    every host are; files come through the guarded fetcher, and past its cache: who
    has just published one is asked to try again."""

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
        # One record may come in several pieces of 255 bytes (RFC 1035, 3.3.14).
        return [b"".join(record.strings).decode("utf-8", "replace") for record in list(answer)[:MAX_RECORDS]]

    def file(self, url: str) -> bytes:
        """See the port. Redirects are followed: only the owner of a host decides where its well-known paths lead
        (RFC 8615)."""
        deadline = Deadline.after(FILE_SECONDS, self._clock)
        return self._source.get(url, accept="text/plain", deadline=deadline).fetched.body
