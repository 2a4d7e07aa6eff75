"""The records of the stream of the table ``credentials``, which has keys only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from chalicelib.directory.writing.updates import StreamChange
from chalicelib.dynamo import keys
from chalicelib.dynamo.tables import key_of
from chalicelib.verifiers.watches.waking import Wake, WakeSubject


def read_changes(records: Iterable[dict[str, Any]]) -> list[StreamChange]:
    """The changes relevant to the directory, in order; the stream's filter passes few others."""
    changes = []
    for record in records:
        holder_id, credential_id = keys.changed_object(key_of(record["dynamodb"]["Keys"]))
        if holder_id is not None or credential_id is not None:
            at = datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)
            changes.append(StreamChange(record["dynamodb"]["SequenceNumber"], at, holder_id, credential_id))
    return changes


def read_wakes(records: Iterable[dict[str, Any]]) -> list[Wake]:
    """The hosted credentials and issuers that have changed, whose watches are to be checked."""
    wakes = []
    for record in records:
        key = key_of(record["dynamodb"]["Keys"])
        _, credential_id = keys.changed_object(key)
        if credential_id is not None:
            wakes.append(Wake(WakeSubject.CREDENTIAL, credential_id))
        elif (issuer_id := keys.changed_issuer(key)) is not None:
            wakes.append(Wake(WakeSubject.ISSUER, issuer_id))
    return wakes
