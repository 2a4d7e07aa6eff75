"""The files of batches: the items and results of jobs, and answers that are kept under an `Idempotency-Key`.

A lifecycle rule deletes all of them; keys are derived from the id of a job or an answer, which cannot be guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from chalicelib.errors import Unavailable
from chalicelib.verifiers.idempotency import StoredAnswer

ITEMS, PARTS, RESULTS, ANSWERS = "items/", "parts/", "results/", "answers/"
NDJSON = "application/x-ndjson"
IN_MEMORY = 8 * 1024 * 1024
"""Bytes of results that are joined in memory; more go through a temporary file."""
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    signature_version="s3v4",  # signed links of the older version work in few regions
)
_ABSENT = ("NoSuchKey", "404")
_EXISTS = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class S3BatchFiles:
    """`verifiers.batch.job.JobFiles` on Amazon S3."""

    def __init__(self, region: str, bucket: str) -> None:
        self._region = region
        self._bucket = bucket

    def put_items(self, job_id: str, content: bytes) -> None:
        self._put(f"{ITEMS}{job_id}.ndjson", content)

    def items(self, job_id: str) -> bytes | None:
        return self._get(f"{ITEMS}{job_id}.ndjson")

    def add_part(self, job_id: str, number: int, content: bytes) -> bytes:
        if self._put_new(_part(job_id, number), content):
            return content
        stored = self.part(job_id, number)
        if stored is None:
            raise Unavailable("The results of a part have been deleted.", code="batch_files")
        return stored

    def part(self, job_id: str, number: int) -> bytes | None:
        return self._get(_part(job_id, number))

    def join(self, job_id: str, numbers: Sequence[int]) -> None:
        with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            for number in numbers:
                part = self.part(job_id, number)
                if part is None:
                    return
                file.write(part)
            file.seek(0)
            self._put_new(f"{RESULTS}{job_id}.ndjson", file)

    def clean_up(self, job_id: str, numbers: Sequence[int]) -> None:
        for key in (f"{ITEMS}{job_id}.ndjson", *(_part(job_id, number) for number in numbers)):
            with _translated_errors():
                self._client.delete_object(Bucket=self._bucket, Key=key)

    def link(self, job_id: str, seconds: int) -> str:
        parameters = {
            "Bucket": self._bucket,
            "Key": f"{RESULTS}{job_id}.ndjson",
            "ResponseContentDisposition": f'attachment; filename="{job_id}.ndjson"',
        }
        with _translated_errors():
            return str(self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds))

    def put(self, answer_id: str, answer: StoredAnswer) -> None:
        """See `verifiers.idempotency.Answers`."""
        self._put(f"{ANSWERS}{answer_id}.json", json.dumps(answer._asdict()).encode())

    def find(self, answer_id: str) -> StoredAnswer | None:
        """See `verifiers.idempotency.Answers`."""
        found = self._get(f"{ANSWERS}{answer_id}.json")
        return None if found is None else StoredAnswer(**json.loads(found))

    def _get(self, key: str) -> bytes | None:
        with _translated_errors():
            try:
                return bytes(self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise

    def _put(self, key: str, content: bytes) -> None:
        with _translated_errors():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=NDJSON)

    def _put_new(self, key: str, content: object) -> bool:
        """Store a new file; False if there is one under its key."""
        with _translated_errors():
            try:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=NDJSON, IfNoneMatch="*")
            except ClientError as error:
                if _code(error) in _EXISTS:
                    return False
                raise
        return True

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
        return get_session().create_client("s3", region_name=self._region, config=_CONFIG)


def _part(job_id: str, number: int) -> str:
    return f"{PARTS}{job_id}/{number:05}.ndjson"


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, ResponseParserError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unavailable("The files of batches did not respond.", code="batch_files") from error


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
