"""The queue that triggers the function `run_watches`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from chalicelib.errors import Unavailable
from chalicelib.verifiers.watches.waking import Wake, WakeSubject

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


class WatchQueue:
    """Sends messages. One may be delivered more than once."""

    def __init__(self, region: str, url: str) -> None:
        self._region = region
        self._url = url

    def send(self, wakes: Sequence[Wake]) -> None:
        """Send messages without duplicates. Raises `Unavailable` after some may have been sent."""
        for wake in dict.fromkeys(wakes):
            try:
                self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(asdict(wake)))
            except (BotoCoreError, ClientError) as error:
                raise Unavailable("The watch queue did not respond.", code="watch_queue") from error

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
        return get_session().create_client("sqs", region_name=self._region, config=_CONFIG)


def wakes_in(records: Sequence[dict[str, Any]]) -> Iterator[Wake]:
    """The messages in ``records``, as SQS passes them to a function."""
    for record in records:
        sent = json.loads(record["body"])
        yield Wake(WakeSubject(sent["about"]), sent["subject"], sent["verifier_id"], sent["after"])
