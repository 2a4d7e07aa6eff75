"""Check what a stranger brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.analytics.event import Visit
from chalicelib.credential.build import credential_url
from chalicelib.errors import Malformed
from chalicelib.intake import paste
from chalicelib.intake.ports import Outside
from chalicelib.intake.world import open_world
from chalicelib.lookup.lookup import Lookup
from chalicelib.lookup.ports import Shelf
from chalicelib.verify.asked import Asked
from chalicelib.verify.members import as_object
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report


@dataclass(frozen=True, slots=True)
class Checked:
    """The report, and where what it is about came from."""

    report: Report
    url: str | None
    """The link that was followed; None for what was handed over."""
    hosted: str | None = None
    """The id, when it is a credential that Laurel hosts and the link led to it."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Checks credentials that are not Laurel's. ``outside`` opens the world anew, with its deadline, for each."""

    shelf: Shelf
    lookup: Lookup
    outside: Callable[[], Outside]
    base_url: str
    clock: Callable[[], datetime]

    def check(self, data: bytes, visit: Visit, asked: Asked = Asked()) -> Checked:  # noqa: B008 - frozen
        """The report on a paste or a file; a link in it is followed.

        Raises `Malformed` (`nothing_found`, `too_large`); for a link also `NotFound` and `Unavailable`.
        """
        found = paste.read(data)
        if isinstance(found, paste.Link):
            return self.check_link(found.url, visit, asked)
        return Checked(self._verify(found.source, self.outside(), visit, asked), None)

    def check_link(self, url: str, visit: Visit, asked: Asked = Asked()) -> Checked:  # noqa: B008 - frozen
        """The report on what is at ``url``. A link to a hosted credential opens it as its own page does, event and all.

        Raises `NotFound` for a link of ours that leads nowhere; `Unavailable` when the link cannot be followed;
        `Malformed` (`nothing_found`) when there is no credential behind it.
        """
        hosted = self._hosted_id(url)
        if hosted is not None:
            return Checked(self.lookup.open(hosted, visit, asked).report, url, hosted)
        outside = self.outside()
        fetched = outside.credential(url)
        found = paste.read(fetched.body)
        if isinstance(found, paste.Link):
            raise Malformed("The link leads to another link. Paste that one instead.", code="nothing_found")
        return Checked(self._verify(found.source, outside, visit, asked), url)

    def _verify(self, source: bytes, outside: Outside, visit: Visit, asked: Asked) -> Report:
        now = self.clock()
        world = open_world(self.base_url, self.shelf, outside, now)
        report = verify(source, world=world, now=now, asked=asked)
        claimed = as_object(report.credential).get("id")
        hosted = self._hosted_id(claimed) if isinstance(claimed, str) else None
        if hosted is not None:
            self.lookup.note(hosted, report, visit)
        return report

    def _hosted_id(self, url: str) -> str | None:
        plain = urlsplit(url)._replace(query="", fragment="").geturl()
        for prefix in (credential_url(self.base_url, ""), f"{self.base_url}/v1/credentials/"):
            if plain.startswith(prefix):
                return plain.removeprefix(prefix).removesuffix("/report")
        return None
