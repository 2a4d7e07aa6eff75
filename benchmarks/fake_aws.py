"""Parts of AWS responses that benchmarks answer themselves, to measure Laurel alone."""

from __future__ import annotations

from collections.abc import Iterator


class Body:
    """The part of urllib3's response that botocore reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._content
