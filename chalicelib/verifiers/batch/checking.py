"""Verify the items of a batch. What they share is fetched once: keys, status lists, registries, and the same link."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from chalicelib.analytics.event import Visit
from chalicelib.credential.build import credential_url
from chalicelib.credential.record import Record
from chalicelib.errors import LaurelError, Malformed, NotFound, Unavailable, UnreadableLink
from chalicelib.reports import pasted, platforms
from chalicelib.reports.hosted import VerifiedLists
from chalicelib.reports.remote_sources import RemoteSources
from chalicelib.reports.submitted import SharedSources, SubmittedReport, SubmittedReports
from chalicelib.reports.submitted_resolver import build_open_resolver
from chalicelib.verifiers.batch.items import Item
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.ports import Controller, Controllers, KnownIssuer, Registry
from chalicelib.verify.report import Verdict

SEGMENT = 50
"""Items that are verified together: their links are fetched at the same time, and their records read together."""


class Checked(NamedTuple):
    """An item, and its report or why it has none."""

    item: Item
    result: SubmittedReport | LaurelError


def verdicts_of(checked: Iterable[Checked]) -> list[Verdict]:
    """The verdicts of those that have a report."""
    return [each.result.report.verdict for each in checked if isinstance(each.result, SubmittedReport)]


SourcesOf = Callable[[Callable[[], None], int, float], RemoteSources]
"""Creates the sources of a batch, for an ``admit`` that they call before they fetch, a number of items, and the seconds
after which nothing is fetched any more."""


@dataclass(frozen=True, slots=True)
class BatchReports:
    """Verifies batches. ``sources`` creates what one batch shares; ``monotonic`` returns seconds."""

    reports: SubmittedReports
    sources: SourcesOf
    monotonic: Callable[[], float]

    @contextmanager
    def admitted(self, visit: Visit, items: int, seconds: float) -> Iterator[Batch]:
        """A batch of a visitor, whose network has an allowance of time for fetching.

        Raises `TooMany` when it needs more of it than there is now, `Unavailable`."""
        allowance = self.reports.fetch_allowance.of(visit.address, by_other_site=visit.by_other_site, seconds=seconds)
        try:
            yield self.start(items, seconds, allowance.admit)
        finally:
            allowance.close()

    def start(self, items: int, seconds: float, admit: Callable[[], None] = lambda: None) -> Batch:
        """A batch of ``items``, which fetches nothing after ``seconds``; ``admit`` is called before it fetches."""
        reports, now = self.reports, self.reports.clock()
        sources = self.sources(admit, items, seconds)
        plain = build_open_resolver(reports.base_url, reports.public_store, sources, now)
        controllers, registry = _Controllers(plain.controllers), _Registry(plain.registry)
        resolver = replace(plain, controllers=controllers, registry=registry)
        shared = SharedSources(sources, resolver, now, finds_records=False, refresh=controllers.found.clear)
        return Batch(reports, shared, self.monotonic, self.monotonic() + seconds)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that is being verified, and what its items share."""

    reports: SubmittedReports
    shared: SharedSources
    monotonic: Callable[[], float]
    ends: float
    _verified: VerifiedLists = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether the time for fetching is over, so that a result may only say that Laurel had no time."""
        return self.monotonic() >= self.ends

    def check(self, items: Sequence[Item]) -> list[Checked]:
        """Verify ``items``, at most `SEGMENT`, in order. Records nothing. Raises `TooMany`, `Unavailable`."""
        found = [_read(item, self.reports.base_url) for item in items]
        hosted = self._hosted(found)
        links = [each.url for each in found if isinstance(each, pasted.Link)]
        elsewhere = [url for url in links if not self._is_own(url)]
        self.shared.sources.prefetch([platforms.credential_of(url) or url for url in elsewhere])
        results = [self._result(each, hosted, self._work(position)) for position, each in enumerate(found)]
        return [Checked(item, result) for item, result in zip(items, self._with_records(results), strict=True)]

    def record(self, checked: Sequence[Checked], visit: Visit) -> None:
        """Record the visits of the credentials among ``checked`` that are hosted here."""
        results = [each.result for each in checked if isinstance(each.result, SubmittedReport)]
        seen = [(each.record, each.report) for each in results if each.record is not None]
        self.reports.hosted_reports.record_many(seen, visit)

    def _hosted(self, found: Sequence[pasted.Link | pasted.Document | LaurelError]) -> dict[str, SubmittedReport]:
        """The reports on the hosted credentials among the links, by id."""
        ids = {name for each in found if isinstance(each, pasted.Link) and (name := self._hosted_id(each.url))}
        opened = self.reports.hosted_reports.open_many(sorted(ids), self._verified) if ids else []
        base_url = self.reports.base_url
        return {
            one.record.id: SubmittedReport(one.report, credential_url(base_url, one.record.id), record=one.record)
            for one in opened
        }

    def _hosted_id(self, url: str) -> str | None:
        try:
            return self.reports.hosted_id(url)
        except NotFound:
            return None

    def _is_own(self, url: str) -> bool:
        return f"{url.lower()}/".startswith(f"{self.reports.base_url}/")

    def _work(self, position: int) -> Work:
        """The work for the item at ``position`` of a segment: as much as for one that is submitted alone, or none when
        the time is over. Fifty of the most expensive items would take longer than the function has."""
        return Work(0) if position and self.is_over else Work()

    def _result(
        self, found: pasted.Link | pasted.Document | LaurelError, hosted: dict[str, SubmittedReport], work: Work
    ) -> SubmittedReport | LaurelError:
        if isinstance(found, LaurelError):
            return found
        try:
            if isinstance(found, pasted.Link):
                name = self.reports.hosted_id(found.url)
                if name is not None:
                    # Not among them: it does not exist, or has been taken down or erased since.
                    return hosted.get(name) or self._missing(name)
            shared = self.shared._replace(resolver=replace(self.shared.resolver, work=work))
            return self.reports.check_found(found, shared, None)
        except (Malformed, NotFound, UnreadableLink) as error:
            return error

    def _missing(self, name: str) -> LaurelError:
        self.reports.hosted_reports.shown_record(name)
        return Unavailable("The credential was created at this moment.")

    def _with_records(
        self, results: Sequence[SubmittedReport | LaurelError]
    ) -> Iterator[SubmittedReport | LaurelError]:
        """Add the records of copies of hosted credentials."""
        names = [
            self.reports.claimed_id(each.report) if isinstance(each, SubmittedReport) and each.record is None else None
            for each in results
        ]
        copies = [
            (name, each.report)
            for name, each in zip(names, results, strict=True)
            if name is not None and isinstance(each, SubmittedReport)
        ]
        records: Iterator[Record | None] = iter(self.reports.hosted_reports.records_of_copies(copies) if copies else ())
        for name, each in zip(names, results, strict=True):
            if name is None or not isinstance(each, SubmittedReport):
                yield each
            else:
                yield replace(each, record=next(records))


def _read(item: Item, base_url: str) -> pasted.Link | pasted.Document | LaurelError:
    try:
        return item.found(base_url)
    except Malformed as error:
        return error


class _Controllers:
    """The controllers that were found for a batch. Failures are not kept: those of fetches are kept where they are
    fetched, and Laurel's own storage may respond again."""

    def __init__(self, controllers: Controllers) -> None:
        self._controllers = controllers
        self.found: dict[tuple[str, str | None], Controller] = {}

    def find(self, did: str, kid: str | None = None) -> Controller:
        """See the port."""
        key = (did, kid)
        if key not in self.found:
            self.found[key] = self._controllers.find(did, kid)
        return self.found[key]


class _Registry:
    """The registered issuers that were found for a batch, kept as in `_Controllers`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.found: dict[str, KnownIssuer | None] = {}

    def find(self, did: str) -> KnownIssuer | None:
        """See the port."""
        if did not in self.found:
            self.found[did] = self._registry.find(did)
        return self.found[did]
