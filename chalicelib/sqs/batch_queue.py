"""The queue whose messages make the function `run_batches` work on a job."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from chalicelib.errors import Unavailable

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


class BatchQueue:
    """Sends messages. One may be delivered more than once, which a job allows."""

    def __init__(self, region: str, url: str) -> None:
        self._region = region
        self._url = url

    def send(self, job_id: str) -> None:
        """Make the function work on a job. Raises `Unavailable`."""
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps({"job": job_id}))
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("The queue of batches did not respond.", code="batch_queue") from error

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
        return get_session().create_client("sqs", region_name=self._region, config=_CONFIG)


def job_in(message: str) -> str:
    """The job that a message is about."""
    return str(json.loads(message)["job"])
