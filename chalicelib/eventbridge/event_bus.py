"""An event bus on Amazon EventBridge."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Unavailable

SOURCE = "laurel"
BATCH = 10
"""Entries of one call (EventBridge API, PutEvents)."""
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class EventBus:
    """Puts events on the bus ``name``. An event may be put more than once; its id is in the detail."""

    def __init__(self, region: str, name: str) -> None:
        self._client: Any = boto3.client("events", region_name=region, config=_CONFIG)
        self._name = name

    def put(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Put each document, by its `type`. Raises `Unavailable` if not all were accepted."""
        for start in range(0, len(documents), BATCH):
            entries = [
                {
                    "EventBusName": self._name,
                    "Source": SOURCE,
                    "DetailType": each["type"],
                    "Time": each["timestamp"],
                    "Detail": json.dumps(each, ensure_ascii=False),
                }
                for each in documents[start : start + BATCH]
            ]
            try:
                reply = self._client.put_events(Entries=entries)
            except (BotoCoreError, ClientError) as error:
                raise Unavailable("The event bus did not respond.", code="event_bus") from error
            if reply["FailedEntryCount"]:
                raise Unavailable("The event bus did not accept all events.", code="event_bus")
