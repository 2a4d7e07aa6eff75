"""Run Laurel over a case of the corpus, as it was written to its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.errors import LaurelError, Unavailable
from chalicelib.net.did_web import DidWeb
from chalicelib.net.fetched_sources import FetchedDocuments
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.guard import Guard
from chalicelib.net.issuer_keys import IssuerKeys
from chalicelib.reports import pasted
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.ports import Controller, Fetched, KnownIssuer, Resolver
from chalicelib.verify.presentations.verify import verify
from chalicelib.verify.report import Outcome

CASES = Path(__file__).with_name("cases")
ERROR = "error"
"""The verdict on what is no credential at all."""
_SETTLED = (Outcome.PASSED, Outcome.NOT_APPLICABLE)
_INFORMATIVE = ("issuer", "recipient", "extras")


@dataclass(frozen=True)
class Answer:
    """What Laurel says: the verdict, and the code of each check that did not pass."""

    verdict: str
    codes: dict[str, str]


def answer(source: bytes, pages: dict[str, Any], now: datetime, options: dict[str, str]) -> Answer:
    """Verify ``source`` at ``now`` while the web consists of ``pages``: bodies, or the statuses of answers."""
    web = _Web(pages, now)
    deadline = Deadline(1e9, lambda: 0.0)
    resolver = Resolver(
        _Controllers(DidWeb(web, deadline), IssuerKeys(web, Guard(frozenset()), deadline)),
        web,
        web,
        documents=FetchedDocuments(web, deadline),
    )
    try:
        found = pasted.read(source, "https://laurel.example")
        assert isinstance(found, pasted.Document)
    except LaurelError as error:
        return Answer(ERROR, {"format": error.code})
    report = verify(found.source, resolver=resolver, now=now, options=VerificationOptions(**options))
    codes = {
        finding.check: finding.code
        for each in (*report.within(), report)
        for finding in each.findings
        if finding.outcome not in _SETTLED and finding.code != "not_reached" and finding.check not in _INFORMATIVE
    }
    return Answer(report.verdict.value, codes)


def of_folder(folder: Path) -> tuple[dict[str, Any], Answer]:
    """Read the case in ``folder``, and return it with Laurel's answer."""
    case = json.loads((folder / "case.json").read_bytes())
    pages = {
        url: (folder / page["file"]).read_bytes() if "file" in page else page["status"]
        for url, page in case["web"].items()
    }
    now = datetime.fromisoformat(case["now"])
    return case, answer((folder / case["file"]).read_bytes(), pages, now, case["options"])


class _Web:
    """The web of a case: every port that fetches, and a registry that knows no one."""

    def __init__(self, pages: dict[str, Any], now: datetime) -> None:
        self._pages = pages
        self._now = now

    def get(self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False) -> Fetched:
        del accept, deadline, same_origin
        return self.fetch(url)

    def prefetch(self, urls: Any) -> None:
        """Nothing is read ahead."""

    def fetch(self, url: str) -> Fetched:
        page = self._pages.get(url, 404)
        if not url.startswith("https://"):
            raise Unavailable("Only https is fetched.", code="url_refused")
        if isinstance(page, int):
            raise Unavailable(f"It answered {page}.", code="gone" if page == 410 else "http_status")
        return Fetched(url, page, self._now)

    def find(self, did: str) -> KnownIssuer | None:
        del did
        return None


@dataclass(frozen=True)
class _Controllers:
    dids: DidWeb
    issuers: IssuerKeys

    def find(self, did: str, kid: str | None = None) -> Controller:
        if did.startswith("did:web:"):
            return self.dids.find(did)
        if did.startswith("https://"):
            return self.issuers.find(did, kid)
        raise Unavailable(f"No one resolves {did}.", code="key_method_unsupported")
