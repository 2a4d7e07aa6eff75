"""The world as one hosted credential sees it: Laurel's own tables, read and never fetched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.credential.build import status_list_url
from chalicelib.credential.did import did_document
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import StatusList
from chalicelib.errors import Unavailable
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.ports import Controller, Fetched, KnownIssuer, Method, World


def hosted_world(base_url: str, issuer: Issuer | None, status_lists: Mapping[str, StatusList], now: datetime) -> World:
    """A world of one issuer and the status lists of one credential, as read at ``now``."""
    lists = {status_list_url(base_url, listed.id): listed for listed in status_lists.values()}
    hosted = _HostedIssuer(base_url, issuer, now)
    return World(controllers=hosted, status_lists=_HostedLists(lists, now), registry=_Registry(base_url, issuer))


@dataclass(frozen=True, slots=True)
class _HostedIssuer:
    base_url: str
    issuer: Issuer | None
    now: datetime

    def find(self, did: str) -> Controller:
        issuer = self.issuer
        if issuer is None or issuer.did != did:
            raise Unavailable(f"{did[:200]} is not an issuer that Laurel hosts.", code="issuer_not_hosted")
        document = json.dumps(did_document(issuer.did, issuer.keys), ensure_ascii=False).encode()
        read = Fetched(f"{self.base_url}/issuers/{issuer.id}/did.json", document, self.now)
        methods = tuple(
            Method(
                id=issuer.method_id(key),
                key=from_multikey(key.multibase),
                assertion=key.revoked is None,
                created=key.created,
                expires=key.retired,
                revoked=key.revoked,
            )
            for key in issuer.keys
        )
        return Controller(issuer.did, methods, (read.evidence(),))


@dataclass(frozen=True, slots=True)
class _HostedLists:
    lists: Mapping[str, StatusList]
    now: datetime

    def fetch(self, url: str) -> Fetched:
        listed = self.lists.get(url)
        if listed is None:
            raise Unavailable(f"{url[:200]} is not a status list that Laurel hosts.", code="status_list_not_hosted")
        return Fetched(url, listed.document, self.now)


@dataclass(frozen=True, slots=True)
class _Registry:
    base_url: str
    issuer: Issuer | None

    def find(self, did: str) -> KnownIssuer | None:
        if self.issuer is None or self.issuer.did != did:
            return None
        return KnownIssuer(did, self.issuer.name, self.issuer.url, f"Laurel at {urlsplit(self.base_url).netloc}")
