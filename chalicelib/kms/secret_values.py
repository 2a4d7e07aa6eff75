"""Read a secret value from AWS Secrets Manager."""

from __future__ import annotations

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from chalicelib.errors import Unavailable

_CONFIG = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})


def read(region: str, secret_id: str) -> str:
    """The current text of a secret. Raises `Unavailable`, including when the secret does not exist."""
    try:
        client = get_session().create_client("secretsmanager", region_name=region, config=_CONFIG)
        return str(client.get_secret_value(SecretId=secret_id)["SecretString"])
    except (BotoCoreError, ClientError, ResponseParserError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unavailable("The secret cannot be read.", code="secret_unavailable") from error
