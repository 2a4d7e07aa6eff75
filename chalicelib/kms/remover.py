"""Find and delete KMS keys. Only the nightly clean-up has the rights for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.award.keys.cleanup import StoredKey
from chalicelib.kms.signer import ISSUER_TAG, kms_client, translated_errors

WAITING_DAYS = 30
"""The longest waiting period before a key is deleted (AWS KMS API reference, ScheduleKeyDeletion). Until then an
operator can cancel it."""
_NOT_OURS = ("AccessDeniedException", "NotFoundException")
_SCHEDULED = ("KMSInvalidStateException", "NotFoundException")


class KmsKeyRemover:
    """`award.keys.cleanup.KeyRemover` on KMS."""

    def __init__(self, region: str, stage: str) -> None:
        self._region = region
        self._tags = {("application", "laurel"), ("stage", stage)}

    def keys(self, known: frozenset[str]) -> Iterator[StoredKey]:
        for handle in self._handles():
            if handle not in known and (found := self._stored_key(handle)) is not None:
                yield found

    def schedule_deletion(self, handle: str) -> None:
        with translated_errors():
            try:
                self._client.schedule_key_deletion(KeyId=handle, PendingWindowInDays=WAITING_DAYS)
            except ClientError as error:
                if _code(error) not in _SCHEDULED:
                    raise

    def _handles(self) -> Iterator[str]:
        """Every key of the account and region."""
        request: dict[str, Any] = {"Limit": 1000}
        while True:
            with translated_errors():
                reply = self._client.list_keys(**request)
                handles = [str(key["KeyId"]) for key in reply["Keys"]]
            yield from handles
            if not reply.get("Truncated"):
                return
            request["Marker"] = reply["NextMarker"]

    def _stored_key(self, handle: str) -> StoredKey | None:
        """The key, or None if it is not a usable key of an issuer of this deployment."""
        with translated_errors():
            try:
                listed = self._client.list_resource_tags(KeyId=handle)["Tags"]
                tags = {(tag["TagKey"], tag["TagValue"]) for tag in listed}
                if not tags >= self._tags:
                    return None
                metadata = self._client.describe_key(KeyId=handle)["KeyMetadata"]
            except ClientError as error:
                if _code(error) in _NOT_OURS:
                    return None  # the role reads only keys with this deployment's tags
                raise
        issuer_id = dict(tags).get(ISSUER_TAG)
        usable = metadata["KeyState"] == "Enabled"
        return StoredKey(handle, issuer_id, metadata["CreationDate"]) if usable and issuer_id else None

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
        return kms_client(self._region)


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
