"""Resolve did:webvh: a signed history of DID documents on a web server (did:webvh v1.0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from chalicelib.errors import Malformed, Unavailable
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.web import WebFetcher
from chalicelib.verify.did_webvh import identifier, log, witnesses
from chalicelib.verify.did_webvh.identifier import WELL_KNOWN, Identifier
from chalicelib.verify.keys.did_document import controller_of
from chalicelib.verify.ports import Controller, Fetched

PREFIX = identifier.PREFIX
_LOG = "text/jsonl, application/jsonl;q=0.9, */*;q=0.5"
_WITNESSES = "application/json"
_KEPT = frozenset({"did_deactivated"})
"""Codes of `Malformed` that say more than that a file cannot be used."""
Result = TypeVar("Result")


class DidWebvh:
    """Resolves did:webvh within one request. Each history is judged once: that can cost as much as a credential."""

    def __init__(self, web: WebFetcher, deadline: Deadline) -> None:
        self._web = web
        self._deadline = deadline
        self._judged: dict[str, tuple[Fetched, Controller | Unavailable]] = {}

    def find(self, did: str) -> Controller:
        """Fetch the controller ``did``. Raises `Unavailable` when there is no history that can be trusted."""
        try:
            of = identifier.parse(did)
        except Malformed as error:
            raise Unavailable(error.detail, code=error.code) from error
        fetched = self._get(of, of.log, _LOG)
        if did not in self._judged or self._judged[did][0] is not fetched:
            self._judged[did] = fetched, self._outcome(of, fetched)
        outcome = self._judged[did][1]
        if isinstance(outcome, Unavailable):
            raise outcome
        return outcome

    def _outcome(self, of: Identifier, fetched: Fetched) -> Controller | Unavailable:
        try:
            history = _usable(fetched, lambda: log.read(of, fetched.body, fetched.at))
            evidence = [fetched.evidence()]
            if history.is_witnessed:
                confirmed = self._get(of, of.witnesses, _WITNESSES)
                _usable(confirmed, lambda: witnesses.check(history, confirmed.body))
                evidence.append(confirmed.evidence())
            controller = _usable(fetched, lambda: controller_of(history.document, of.did, tuple(evidence)))
            return replace(controller, former=history.former)
        except Unavailable as error:
            return error

    def _get(self, of: Identifier, url: str, accept: str) -> Fetched:
        # As for did:web: only the owner of a host controls its well-known paths.
        same_origin = not of.folder.endswith(WELL_KNOWN)
        return self._web.get(url, accept=accept, deadline=self._deadline, same_origin=same_origin)


def _usable(fetched: Fetched, reader: Callable[[], Result]) -> Result:
    """Return what ``reader`` makes of ``fetched``. A file that cannot be used counts as no answer (`web.read`)."""
    try:
        return reader()
    except Malformed as error:
        code = error.code if error.code in _KEPT else "document_unreadable"
        raise Unavailable(f"{fetched.url[:200]} cannot be used: {error.detail}", code=code) from error
