"""Amazon SES.

The API of 2010 (`SendRawEmail`) and not the second one: it takes the message as it is, and it is the one for which the
embedded AWS also says what became of a mail.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NoReturn

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from chalicelib.delivery.emails.email_content import Letter
from chalicelib.delivery.ports import NotSent
from chalicelib.email.message import message
from chalicelib.errors import Refused, Unavailable

_CONNECT_SECONDS = 1
_READ_SECONDS = 8


class SesPost:
    """`delivery.ports.Post` on SES."""

    def __init__(self, region: str, sender: str, configuration_set: str) -> None:
        self._region = region
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, letter: Letter) -> str:
        made = message(letter, self._sender)
        try:
            reply = self._client.send_raw_email(
                Source=self._sender,
                Destinations=[made["To"].addresses[0].addr_spec],
                RawMessage={"Data": bytes(made)},
                ConfigurationSetName=self._configuration_set,
            )
            message_id: str = reply["MessageId"]
        except ClientError as error:
            _raise_ours(error)
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise NotSent("The email service cannot be reached.", code="post_unreachable") from error
        except (BotoCoreError, ResponseParserError, AttributeError, KeyError, TypeError, ValueError) as error:
            # It may have taken the letter and lost its answer: nobody knows.
            raise Unavailable("The email service did not respond.", code="post_silent") from error
        return message_id

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore makes its clients' classes as it goes
        # Called once and never by itself again: a call whose answer is lost may have sent the letter.
        config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 1})
        return get_session().create_client("ses", region_name=self._region, config=config)


_REJECTED = {"MessageRejected", "InvalidParameterValue"}
"""Codes about this one letter (SES API reference, "SendRawEmail" and "Common errors")."""


def _raise_ours(error: ClientError) -> NoReturn:
    code = str(error.response["Error"].get("Code"))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
    if code in _REJECTED and "not verified" not in str(error.response["Error"].get("Message")):
        raise Refused("The email service rejected this email.", code="address_rejected") from error
    if status < 500:
        # Throttled, over the day's quota, paused, not allowed, or our own identity not verified: an operator's matter.
        raise NotSent("The email service is not accepting emails now.", code="post_refuses") from error
    raise Unavailable("The email service failed.", code="post_silent") from error
