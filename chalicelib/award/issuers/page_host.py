"""The host of the pages of an issuer's credentials. Only operators set it, because it needs a certificate, a custom
domain of the API and a DNS record (decision 28)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.credential import domain
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import Refused


def set_page_host(issuer_context: IssuerContext, issuer_id: str, host: str | None) -> Issuer:
    """Use ``host`` for the pages of an issuer's credentials; None means the host of the deployment. Reads all issuers.

    Raises `NotFound`, `Conflict`, and `Refused` (`bad_domain`; `host_taken` for the host of the deployment or of
    another issuer).
    """
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    name = None if host is None else domain.normalize(host)
    if name is not None:
        _refuse_taken(issuer_context, issuer_id, name)
    changed = replace(issuer, page_host=name, version=issuer.version + 1)
    issuer_context.issuer_store.replace_issuer(changed)
    return changed


def _refuse_taken(issuer_context: IssuerContext, issuer_id: str, host: str) -> None:
    # Only operators do this, one at a time, so there is no race to guard against.
    if host == urlsplit(issuer_context.base_url).hostname:
        raise Refused(f"{host} is the host of this deployment.", code="host_taken")
    for other in issuer_context.issuer_store.issuers():
        if other.id != issuer_id and other.page_host == host:
            raise Refused(f"{host} is the host of the issuer {other.id!r}.", code="host_taken")
