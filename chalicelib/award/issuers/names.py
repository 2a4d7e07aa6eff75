"""Names of issuers that look like the name of a registered one. Such a name is refused unless an operator allows it."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.lookalike import digests, skeletons
from chalicelib.errors import Refused

CODE = "name_reserved"


def check(issuer_context: IssuerContext, issuer_id: str, name: str) -> None:
    """Raises `Refused` (`name_reserved`) when ``name`` looks like that of a registered issuer other than
    ``issuer_id``."""
    for digest in digests(name):
        holders = issuer_context.issuer_store.name_holders(digest)
        if holders and issuer_id not in holders:
            raise Refused(
                "This name looks like the name of a registered issuer. If it is your organization’s name, ask the "
                "operator of this service to allow it.",
                code=CODE,
            )


def allow(issuer_context: IssuerContext, issuer_id: str, name: str) -> None:
    """Let ``issuer_id`` have a name that looks like ``name``, and no other issuer that an operator has not allowed it.

    A registered name is reserved in the transaction that stores its issuer."""
    for digest in digests(name):
        issuer_context.issuer_store.add_name_holder(digest, issuer_id)


def issuers_with_similar_names(issuer_context: IssuerContext, issuer: Issuer) -> Iterator[Issuer]:
    """Other issuers, created earlier, whose names look like that of ``issuer``. Reads all issuers."""
    own = skeletons(issuer.name)
    return (
        other
        for other in issuer_context.issuer_store.issuers()
        if other.id != issuer.id and own & skeletons(other.name)
    )
