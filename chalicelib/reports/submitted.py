"""Reports on submitted credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from chalicelib.analytics.event import Visit
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import Malformed, NotFound, Unavailable, UnreadableLink
from chalicelib.reports import pasted
from chalicelib.reports.fetch_allowance import FetchAllowance
from chalicelib.reports.hosted import HostedReports
from chalicelib.reports.remote_sources import RemoteSources
from chalicelib.reports.store import PublicStore
from chalicelib.reports.submitted_resolver import build_open_resolver
from chalicelib.verify.members import as_object
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import CORE, Outcome, Report

_OWN_PAGE = "This page has no credential. Copy the address of the credential's own page, which contains /c/."


@dataclass(frozen=True, slots=True)
class SubmittedReport:
    """A report, and the source of the credential."""

    report: Report
    url: str | None
    """The link that was followed; None for pasted or uploaded input."""
    hosted: str | None = None
    """The id, if the link led to a credential that Laurel hosts."""


@dataclass(frozen=True, slots=True)
class SubmittedReports:
    """Verifies submitted credentials.

    ``remote_sources`` creates the sources for one request, with one deadline; they call its argument before they fetch.
    """

    public_store: PublicStore
    hosted_reports: HostedReports
    remote_sources: Callable[[Callable[[], None]], RemoteSources]
    base_url: str
    clock: Callable[[], datetime]
    fetch_allowance: FetchAllowance

    def check(
        self, data: bytes, visit: Visit, options: VerificationOptions = DEFAULT_OPTIONS, *, counted: bool = True
    ) -> SubmittedReport:
        """Verify pasted or uploaded input; a link is followed. Nothing is recorded unless ``counted``.

        Raises `Malformed` (`nothing_found`, `too_large`); `TooMany` when it needs more fetches than the visitor's
        network may cause now; for a link also `NotFound` and `Unavailable`.
        """
        found = pasted.read(data)
        if isinstance(found, pasted.Link):
            return self.check_link(found.url, visit, options, counted=counted)
        recorded = visit if counted else None
        with self._remote_sources(visit) as remote_sources:
            return SubmittedReport(self._verify(lambda: found.source, remote_sources, recorded, options), None)

    def check_link(
        self, url: str, visit: Visit, options: VerificationOptions = DEFAULT_OPTIONS, *, counted: bool = True
    ) -> SubmittedReport:
        """Verify the credential at ``url``. A link to a hosted credential opens it as its own page does, with an event.

        Raises `NotFound` if a hosted credential does not exist; `UnreadableLink` when the link cannot be followed;
        `Malformed` (`nothing_found`) when there is no credential behind it; `TooMany` as `check` does; `Unavailable`.
        """
        hosted = self.hosted_id(url)
        recorded = visit if counted else None
        if hosted is not None:
            return SubmittedReport(self.hosted_reports.open(hosted, recorded, options).report, url, hosted)
        if f"{_plain(url).lower()}/".startswith(f"{self.base_url}/"):
            # Never fetched: Laurel's own pages prove nothing about a credential.
            raise Malformed(_OWN_PAGE, code="nothing_found")
        with self._remote_sources(visit) as remote_sources:

            def read() -> bytes:
                return pasted.read_linked(_followed(remote_sources, url))

            return SubmittedReport(self._verify(read, remote_sources, recorded, options), url)

    def hosted_id(self, url: str) -> str | None:
        """The id of the hosted credential at ``url``; None for other addresses.

        Raises `NotFound` for an address that cannot be a credential's.
        """
        path = self._own_path(url)
        if path is None:
            return None
        if not PUBLIC_ID.fullmatch(path):
            raise NotFound("no such credential")
        return path

    @contextmanager
    def _remote_sources(self, visit: Visit) -> Iterator[RemoteSources]:
        allowance = self.fetch_allowance.of(visit.address, by_other_site=visit.by_other_site)
        try:
            yield self.remote_sources(allowance.admit)
        finally:
            allowance.close()

    def _verify(
        self,
        read: Callable[[], bytes],
        remote_sources: RemoteSources,
        visit: Visit | None,
        options: VerificationOptions,
    ) -> Report:
        now = self.clock()
        resolver = build_open_resolver(self.base_url, self.public_store, remote_sources, now)
        report = verify(read(), resolver=resolver, now=now, options=options)
        if _looks_forged(report) and remote_sources.refresh():
            # The issuer may have published the key after the copy in the cache was fetched.
            report = verify(read(), resolver=resolver, now=now, options=options)
        claimed = as_object(report.credential).get("id")
        hosted = self._own_path(claimed) if isinstance(claimed, str) else None
        if visit is not None and hosted is not None and PUBLIC_ID.fullmatch(hosted):
            self.hosted_reports.note(hosted, report, visit)
        return report

    def _own_path(self, url: str) -> str | None:
        """The part of a Laurel URL that should be a credential id; None for other hosts."""
        plain = _plain(url)
        for prefix in (credential_url(self.base_url, ""), f"{self.base_url}/v1/credentials/"):
            if plain[: len(prefix)].lower() == prefix:
                return plain[len(prefix) :].removesuffix("/").removesuffix("/report")
        return None


def _looks_forged(report: Report) -> bool:
    return any(finding.outcome is Outcome.FAILED and finding.check in CORE for finding in report.findings)


def _plain(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _followed(remote_sources: RemoteSources, url: str) -> bytes:
    try:
        return remote_sources.credential(url).body
    except Unavailable as error:
        raise UnreadableLink(error.detail, code=error.code) from error
