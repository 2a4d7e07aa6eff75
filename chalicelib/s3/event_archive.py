"""The archive of events: one gzipped object for each day, in a partition that Amazon Athena and DuckDB understand."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from functools import cached_property
from tempfile import TemporaryFile
from typing import IO, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from chalicelib.errors import Unavailable

PREFIX = "events/"
_KEY = re.compile(PREFIX + r"day=(\d{4}-\d{2}-\d{2})/events\.ndjson\.gz", re.ASCII)
_LEVEL = 6
"""Compression level. Level 9 takes three times as long and saves 2%."""
_CONFIG = Config(connect_timeout=2, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 4})
_ABSENT = ("NoSuchKey", "404")
_CHANGED = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class S3EventArchive:
    """`analytics.archive.EventArchive` on Amazon S3. Lines go through a temporary file: a day may be large."""

    def __init__(self, region: str, bucket: str) -> None:
        self._region = region
        self._bucket = bucket

    def days(self) -> list[date]:
        found, request = [], {"Bucket": self._bucket, "Prefix": PREFIX}
        while True:
            with _translated_errors():
                reply = self._client.list_objects_v2(**request)
                found += [str(each["Key"]) for each in reply.get("Contents", ())]
                if not reply.get("IsTruncated"):
                    break
                request["ContinuationToken"] = reply["NextContinuationToken"]
        return sorted(date.fromisoformat(match[1]) for key in found if (match := _KEY.fullmatch(key)))

    def lines(self, day: date) -> Iterator[str]:
        with self._stored(day) as (file, _):
            if file is not None:
                yield from _lines_of(file)

    def save(self, day: date, lines: Iterable[str]) -> None:
        with TemporaryFile() as file:
            _compress(lines, file)
            self._put(day, file)

    def rewrite(self, day: date, change: Callable[[str], str]) -> bool:
        with self._stored(day) as (file, version):
            if file is None or all(change(line) == line for line in _lines_of(file)):
                return False
            with TemporaryFile() as after:
                _compress(map(change, _lines_of(file)), after)
                with suppress(_Changed):  # the next pass checks again
                    self._put(day, after, IfMatch=version)
            return True

    def delete(self, day: date) -> None:
        with _translated_errors():
            self._client.delete_object(Bucket=self._bucket, Key=_key(day))

    @contextmanager
    def _stored(self, day: date) -> Iterator[tuple[IO[bytes] | None, str]]:
        """The compressed object in a temporary file, and its version; None if there is none."""
        with TemporaryFile() as file:
            version = self._download(day, file)
            yield (None, "") if version is None else (file, version)

    def _download(self, day: date, file: IO[bytes]) -> str | None:
        with _translated_errors():
            try:
                reply = self._client.get_object(Bucket=self._bucket, Key=_key(day))
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise
            for part in reply["Body"].iter_chunks(1 << 20):
                file.write(part)
            return str(reply["ETag"])

    def _put(self, day: date, file: IO[bytes], **condition: str) -> None:
        file.seek(0)
        with _translated_errors():
            try:
                self._client.put_object(
                    Bucket=self._bucket, Key=_key(day), Body=file, ContentType="application/gzip", **condition
                )
            except ClientError as error:
                if _code(error) in _CHANGED:
                    raise _Changed from error
                raise

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
        return get_session().create_client("s3", region_name=self._region, config=_CONFIG)


class _Changed(Exception):
    """The object was replaced since it was read."""


def _key(day: date) -> str:
    return f"{PREFIX}day={day}/events.ndjson.gz"


def _compress(lines: Iterable[str], file: IO[bytes]) -> None:
    # Without a time, so that the same lines give the same bytes.
    with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=_LEVEL, mtime=0) as compressed:
        for line in lines:
            compressed.write(line.encode())


def _lines_of(file: IO[bytes]) -> Iterator[str]:
    file.seek(0)
    with gzip.GzipFile(fileobj=file, mode="rb") as clear:
        try:
            for line in clear:
                yield line.decode()
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise Unavailable("An archived day cannot be read.", code="archive_unreadable") from error


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, ResponseParserError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unavailable("The archive of events did not respond.", code="archive_unavailable") from error


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
