"""The queue whose messages make the function `run_watches` work at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from itertools import islice
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from chalicelib.errors import Unavailable
from chalicelib.verifiers.watches.waking import About, Wake

MAX_MESSAGES = 10
"""Messages in one SendMessageBatch (Amazon SQS API reference)."""
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


class WatchQueue:
    """Sends messages. One may be delivered more than once."""

    def __init__(self, region: str, url: str) -> None:
        self._region = region
        self._url = url

    def send(self, wakes: Sequence[Wake]) -> None:
        """Send messages, the same one once. Raises `Unavailable`."""
        remaining = iter(dict.fromkeys(wakes))
        while batch := list(islice(remaining, MAX_MESSAGES)):
            self._send(batch)

    def _send(self, batch: Sequence[Wake]) -> None:
        entries = [{"Id": str(number), "MessageBody": json.dumps(asdict(one))} for number, one in enumerate(batch)]
        try:
            failed = self._client.send_message_batch(QueueUrl=self._url, Entries=entries).get("Failed")
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("The queue of watches did not respond.", code="watch_queue") from error
        if failed:
            raise Unavailable("The queue of watches did not accept all messages.", code="watch_queue")

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
        return get_session().create_client("sqs", region_name=self._region, config=_CONFIG)


def wakes_in(records: Sequence[dict[str, Any]]) -> Iterator[Wake]:
    """The messages in ``records``, as SQS passes them to a function."""
    for record in records:
        sent = json.loads(record["body"])
        yield Wake(About(sent["about"]), sent["subject"], sent["verifier_id"], sent["after"])
