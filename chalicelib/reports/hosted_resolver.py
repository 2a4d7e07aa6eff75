"""Resolve keys and status lists of a hosted credential from Laurel's own tables, without fetching."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.credential.build import status_list_url
from chalicelib.credential.did import did_document
from chalicelib.credential.domain import proof_url
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record, StatusList
from chalicelib.errors import Unavailable
from chalicelib.reports.archive import RecordArchive
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.ports import Controller, Fetched, KnownDomain, KnownIssuer, Method, Resolver
from chalicelib.verify.report import Evidence


def build_hosted_resolver(
    base_url: str,
    issuer: Issuer | None,
    status_lists: Mapping[str, StatusList],
    now: datetime,
    record: Record | None = None,
) -> Resolver:
    """A resolver for one issuer and the status lists of one credential, as read at ``now``. ``record`` is the stored
    credential, which shows how old its signature is."""
    lists = {status_list_url(base_url, listed.id): listed for listed in status_lists.values()}
    hosted = _HostedIssuer(base_url, issuer, now)
    return Resolver(
        controllers=hosted,
        status_lists=_HostedLists(lists, now),
        registry=_Registry(base_url, issuer, now),
        archive=None if record is None else RecordArchive(base_url, record),
    )


def hosted_controller(base_url: str, issuer: Issuer, now: datetime) -> Controller:
    """The keys of a hosted issuer as in its DID document, with the time since each has been in use."""
    document = json.dumps(did_document(issuer.did, issuer.keys), ensure_ascii=False).encode()
    read = Fetched(f"{base_url}/issuers/{issuer.id}/did.json", document, now)
    methods = tuple(
        Method(
            id=f"{issuer.did}#{fragment}",
            key=from_multikey(multibase),
            assertion=True,  # for a revoked key, check 5 asks the archive how old the signature is
            created=key.created,
            expires=key.retired,
            revoked=key.revoked,
        )
        for key in issuer.keys
        for fragment, multibase in key.multikeys
    )
    return Controller(issuer.did, methods, (read.evidence(),))


def hosted_registration(base_url: str, issuer: Issuer, now: datetime) -> KnownIssuer:
    """Laurel's own registry: the issuers that it hosts, under the names that its operators registered, and with the
    domains that name them."""
    domains = tuple(
        KnownDomain(proof.domain, Evidence(proof_url(proof.domain, proof.place), proof.seen, proof.sha256))
        for proof in issuer.proven(now)
    )
    registry = f"Laurel at {urlsplit(base_url).netloc}"
    return KnownIssuer(issuer.did, issuer.registered_as, registry, domains, issuer.former_names)


@dataclass(frozen=True, slots=True)
class _HostedIssuer:
    base_url: str
    issuer: Issuer | None
    now: datetime

    def find(self, did: str, kid: str | None = None) -> Controller:  # noqa: ARG002 - port
        if self.issuer is None or self.issuer.did != did:
            raise Unavailable(f"{did[:200]!r} is not an issuer that Laurel hosts.", code="issuer_not_hosted")
        return hosted_controller(self.base_url, self.issuer, self.now)


@dataclass(frozen=True, slots=True)
class _HostedLists:
    lists: Mapping[str, StatusList]
    now: datetime

    def prefetch(self, urls: Sequence[str]) -> None:
        """Nothing to do: the lists have been read with the credential."""

    def fetch(self, url: str) -> Fetched:
        listed = self.lists.get(url)
        if listed is None:
            raise Unavailable(f"{url[:200]!r} is not a status list that Laurel hosts.", code="status_list_not_hosted")
        return Fetched(url, listed.document, self.now)

    def fetch_again(self, url: str) -> Fetched:
        return self.fetch(url)


@dataclass(frozen=True, slots=True)
class _Registry:
    base_url: str
    issuer: Issuer | None
    now: datetime

    def find(self, did: str) -> KnownIssuer | None:
        if self.issuer is None or self.issuer.did != did:
            return None
        return hosted_registration(self.base_url, self.issuer, self.now)
