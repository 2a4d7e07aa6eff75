"""Reports on submitted credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.analytics.event import Visit
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.credential.record import Record
from chalicelib.errors import LaurelError, Malformed, NotFound, Unavailable, UnreadableLink
from chalicelib.language.phrase import phrase
from chalicelib.reports import hints, pasted, platforms, web_page
from chalicelib.reports.fetch_allowance import FetchAllowance
from chalicelib.reports.hosted import HostedReports
from chalicelib.reports.remote_sources import RemoteSources
from chalicelib.reports.store import PublicStore
from chalicelib.reports.submitted_resolver import build_open_resolver
from chalicelib.reports.unchecked import PAGE_UNCHECKED, PDF_UNCHECKED
from chalicelib.verify.checks.format import NOT_READ
from chalicelib.verify.members import as_object
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.ports import Fetched, Resolver
from chalicelib.verify.presentations.verify import verify
from chalicelib.verify.report import CORE, Outcome, Report

_OWN_PAGE = "This page has no credential. Copy the address of the credential's own page, which contains /c/."


@dataclass(frozen=True, slots=True)
class SubmittedReport:
    """A report, and the source of the credential."""

    report: Report
    url: str | None = None
    """The address that the credential was read from; None for pasted or uploaded input."""
    page: str | None = None
    """The web page that led to this address, if one did."""
    record: Record | None = None
    """The record, if it is a credential that Laurel hosts or a copy of one."""
    source: bytes = b""
    """What was verified: the credential as it was sent, or read from the link or the file."""


class SharedSources(NamedTuple):
    """What credentials that are submitted together share."""

    sources: RemoteSources
    resolver: Resolver
    """With the work that is left for all of them."""
    now: datetime
    finds_records: bool = True
    """Whether the record of a copy of a hosted credential is looked up, and its visit recorded."""
    refresh: Callable[[], None] = lambda: None
    """Called when nothing that was read before may be used any more."""


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

        Raises `Malformed` (`nothing_found`, including for text that cannot be read as JSON or as a token: nothing was
        verified then, so there is no verdict; `too_large`); `TooMany` when it needs more fetches than the visitor's
        network may cause now; for a link also `NotFound` and `Unavailable`.
        """
        found = pasted.read(data, self.base_url)
        if isinstance(found, pasted.Link):
            return self.check_link(found.url, visit, options, counted=counted)
        recorded = visit if counted else None
        with self._request(visit) as request:
            return self._document(found, request, recorded, options)

    def check_document(self, source: bytes, visit: Visit, options: VerificationOptions = DEFAULT_OPTIONS) -> Report:
        """Verify exactly ``source``, a credential or presentation as a program sends it: no link in it is followed.

        Raises `Malformed` (`nothing_found`) and `TooMany` as `check` does.
        """
        with self._request(visit) as request:
            return self._verify(lambda: source, request, visit, options).report

    def check_link(
        self, url: str, visit: Visit, options: VerificationOptions = DEFAULT_OPTIONS, *, counted: bool = True
    ) -> SubmittedReport:
        """Verify the credential at ``url``. A link to a hosted credential opens it as its own page does, with an event.

        Raises `NotFound` if a hosted credential does not exist; `UnreadableLink` when the link cannot be followed;
        `Malformed` (`nothing_found`) when there is no credential behind it; `TooMany` as `check` does; `Unavailable`.
        """
        recorded = visit if counted else None
        known = self._known_link(url, recorded, options)
        if known is not None:
            return known
        with self._request(visit) as request:
            return self._fetched(url, request, recorded, options)

    def check_each(
        self, parts: Sequence[bytes], visit: Visit, options: VerificationOptions = DEFAULT_OPTIONS
    ) -> tuple[SubmittedReport | LaurelError, ...]:
        """Verify several credentials or links, with the fetches of one request; return an error for each without a
        report. Raises `TooMany` as `check` does."""
        with self._request(visit) as request:
            return tuple([self._attempt(part, request, visit, options) for part in parts])

    def _attempt(
        self, part: bytes, request: SharedSources, visit: Visit, options: VerificationOptions
    ) -> SubmittedReport | LaurelError:
        try:
            return self.check_found(pasted.read(part, self.base_url), request, visit, options)
        except (Malformed, NotFound, UnreadableLink) as error:
            return error

    def check_found(
        self,
        found: pasted.Link | pasted.Document,
        request: SharedSources,
        visit: Visit | None,
        options: VerificationOptions = DEFAULT_OPTIONS,
    ) -> SubmittedReport:
        """Verify one of several credentials or links. Raises what `check` raises."""
        if isinstance(found, pasted.Document):
            return self._document(found, request, visit, options)
        known = self._known_link(found.url, visit, options)
        return known or self._fetched(found.url, request, visit, options)

    def _document(
        self, found: pasted.Document, request: SharedSources, visit: Visit | None, options: VerificationOptions
    ) -> SubmittedReport:
        checked = self._verify(lambda: found.source, request, visit, options)
        return _with_unchecked(checked, PDF_UNCHECKED) if found.attached else checked

    def _known_link(self, url: str, visit: Visit | None, options: VerificationOptions) -> SubmittedReport | None:
        """The report on a hosted credential, None for a link to be fetched. Raises as `check_link` does."""
        hosted = self.hosted_id(url)
        if hosted is not None:
            opened = self.hosted_reports.open(hosted, visit, options)
            return SubmittedReport(opened.report, url, record=opened.record, source=opened.record.document)
        if f"{_plain(url).lower()}/".startswith(f"{self.base_url}/"):
            # Never fetched: Laurel's own pages prove nothing about a credential.
            raise Malformed(_OWN_PAGE, code="nothing_found")
        hint = hints.about_link(url)
        if hint is not None:
            raise Malformed(hint, code="nothing_found")
        return None

    def _fetched(
        self, url: str, request: SharedSources, visit: Visit | None, options: VerificationOptions
    ) -> SubmittedReport:
        """Verify what ``url`` leads to: a credential, or a web page with one in it or behind it, one step away."""
        platform = platforms.credential_of(url)
        page = None if platform else _followed(request.sources, url)
        is_page = page is not None and pasted.is_page(page.body)
        behind = platform or (web_page.linked(page.body, page.location or url) if page and is_page else None)
        if behind is None:
            found = self._read(url, page, request, visit, options)
            if page is not None and pasted.is_pdf(page.body):
                return _with_unchecked(found, PDF_UNCHECKED)
            return _behind_page(found, url) if is_page else found
        known = self._known_link(behind, visit, options)
        return _behind_page(known or self._read(behind, None, request, visit, options), url)

    def _read(
        self,
        url: str,
        fetched: Fetched | None,
        request: SharedSources,
        visit: Visit | None,
        options: VerificationOptions,
    ) -> SubmittedReport:
        """Verify the credential at ``url``, which has been ``fetched`` already or not."""
        at_hand = [fetched] if fetched else []

        def read() -> bytes:
            return pasted.read_linked((at_hand.pop() if at_hand else _followed(request.sources, url)).body)

        return replace(self._verify(read, request, visit, options), url=url)

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
    def _request(self, visit: Visit) -> Iterator[SharedSources]:
        allowance = self.fetch_allowance.of(visit.address, by_other_site=visit.by_other_site)
        try:
            sources, now = self.remote_sources(allowance.admit), self.clock()
            yield SharedSources(sources, build_open_resolver(self.base_url, self.public_store, sources, now), now)
        finally:
            allowance.close()

    def _verify(
        self,
        read: Callable[[], bytes],
        request: SharedSources,
        visit: Visit | None,
        options: VerificationOptions,
    ) -> SubmittedReport:
        resolver, now = request.resolver, request.now
        source = read()
        report = verify(source, resolver=resolver, now=now, options=options)
        if report.findings[0].code in NOT_READ:
            problem = phrase("{problem} {advice}", problem=report.findings[0].message, advice=phrase(hints.COPIED))
            raise Malformed(problem, code="nothing_found")
        if _looks_forged(report) and request.sources.refresh():
            # The issuer may have published the key after the copy in the cache was fetched.
            resolver.lists.clear()
            request.refresh()
            source = read()
            report = verify(source, resolver=resolver, now=now, options=options)
        hosted = self.claimed_id(report) if request.finds_records else None
        if hosted is None:
            return SubmittedReport(report, source=source)
        record = self.hosted_reports.record_of_copy(hosted, report, visit)
        return SubmittedReport(report, record=record, source=source)

    def claimed_id(self, report: Report) -> str | None:
        """The id of the hosted credential that a submitted one claims to be a copy of; None if it does not."""
        claimed = as_object(report.credential).get("id")
        hosted = self._own_path(claimed) if isinstance(claimed, str) else None
        return hosted if hosted is not None and PUBLIC_ID.fullmatch(hosted) else None

    def _own_path(self, url: str) -> str | None:
        """The part of a Laurel URL that should be a credential id; None for other hosts."""
        plain = _plain(url)
        for prefix in (credential_url(self.base_url, ""), f"{self.base_url}/v1/credentials/"):
            if plain[: len(prefix)].lower() == prefix:
                return plain[len(prefix) :].removesuffix("/").removesuffix("/report")
        return None


def _looks_forged(report: Report) -> bool:
    findings = [finding for each in (report, *report.within()) for finding in each.findings]
    return any(finding.outcome is Outcome.FAILED and finding.check in CORE for finding in findings)


def _plain(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _behind_page(found: SubmittedReport, page: str) -> SubmittedReport:
    """Return the report on a credential that a web page led to: nothing shows that the page says the same."""
    return replace(_with_unchecked(found, PAGE_UNCHECKED), page=page)


def _with_unchecked(found: SubmittedReport, what: str) -> SubmittedReport:
    return replace(found, report=replace(found.report, not_checked=(*found.report.not_checked, what)))


def _followed(remote_sources: RemoteSources, url: str) -> Fetched:
    try:
        return remote_sources.credential(url)
    except Unavailable as error:
        raise UnreadableLink(error.detail, code=error.code) from error
