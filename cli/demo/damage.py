"""DEMO ONLY: invalid credentials, which show how pages and the API report a failed verification.

Each is issued normally and damaged before it is stored. No module outside this folder may import this one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.credential import vocabulary
from chalicelib.credential.did import key_did
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.tasks.task_queue import Task
from chalicelib.verify import data_integrity
from cli.demo.plan import Kind

Damage = Callable[[IssuerContext, Record], Record]

FOREIGN_LIST = "https://status.nowhere.invalid/lists/7"
"""RFC 2606 reserves `.invalid` for names that never resolve."""


@dataclass(frozen=True)
class DamagingIssuerStore:
    """An issuer store that damages each new record before storing it, and delegates everything else."""

    issuer_context: IssuerContext
    damage: Damage

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        return getattr(self.issuer_context.issuer_store, name)

    def add_record(self, record: Record, recipient: Recipient | None = None, tasks: Sequence[Task] = ()) -> None:
        """Store the damaged record in place of ``record``."""
        self.issuer_context.issuer_store.add_record(self.damage(self.issuer_context, record), recipient, tasks)


def damaging(issuer_context: IssuerContext, kind: Kind) -> IssuerContext:
    """Return ``issuer_context`` with a store that damages new credentials of ``kind``. Return it unchanged for a kind
    without damage."""
    damage = _DAMAGES.get(kind)
    return (
        replace(issuer_context, issuer_store=DamagingIssuerStore(issuer_context, damage)) if damage else issuer_context
    )


def _tamper(_: IssuerContext, record: Record) -> Record:
    """Change the achievement's name after signing, as in a simple forgery."""
    document = json.loads(record.document)
    better = f"{document['name']}, with distinction"
    document["name"] = document["credentialSubject"]["achievement"]["name"] = better
    return _with_document(record, document)


def _sign_with_other_key(_: IssuerContext, record: Record) -> Record:
    """Sign in the issuer's name with an unrelated key."""
    key = Ed25519PrivateKey.generate()
    did = key_did(key.public_key().public_bytes_raw())
    method = f"{did}#{did.removeprefix('did:key:')}"
    return _with_document(record, _resigned(record, method, key.sign))


def _with_unreachable_status_list(issuer_context: IssuerContext, record: Record) -> Record:
    """Replace the status entries with one in a list that cannot be fetched."""
    issuer = issuer_context.issuer_store.issuer(record.issuer_id)
    entry = {
        "id": f"{FOREIGN_LIST}#4711",
        "type": vocabulary.STATUS_ENTRY,
        "statusPurpose": "revocation",
        "statusListIndex": "4711",
        "statusListCredential": FOREIGN_LIST,
    }
    key = issuer.signing_key
    document = _resigned(
        record,
        _method(issuer),
        lambda message: issuer_context.signer.sign(key.handle, message),
        credentialStatus=[entry],
    )
    return replace(_with_document(record, document), entries=())


def _method(issuer: Issuer) -> str:
    return issuer.method_id(issuer.signing_key)


def _resigned(record: Record, method: str, signer: Callable[[bytes], bytes], **changes: object) -> dict[str, object]:
    document = {**json.loads(record.document), **changes}
    del document["proof"]
    return data_integrity.sign(
        document, suite=vocabulary.EDDSA_RDFC_2022, method=method, created=record.issued_at, signer=signer
    )


def _with_document(record: Record, document: dict[str, object]) -> Record:
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return replace(record, document=content, jwt=None)


_DAMAGES: dict[Kind, Damage] = {
    Kind.TAMPERED: _tamper,
    Kind.WRONG_SIGNER: _sign_with_other_key,
    Kind.UNREACHABLE_STATUS: _with_unreachable_status_list,
}
