"""Send email through Amazon SES.

Uses `SendRawEmail` of the SES v1 API: it accepts a complete MIME message, and it is the API for which the embedded AWS
also publishes delivery events.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NoReturn

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from chalicelib.delivery.emails.parts.email_content import EmailContent
from chalicelib.delivery.ports import NotSent
from chalicelib.email.message import message
from chalicelib.errors import Refused, Unavailable

_CONNECT_SECONDS = 1
_READ_SECONDS = 8


class SesMailer:
    """`delivery.ports.Mailer` on SES."""

    def __init__(self, region: str, sender: str, configuration_set: str) -> None:
        self._region = region
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, content: EmailContent) -> str:
        mime = message(content, self._sender)
        try:
            reply = self._client.send_raw_email(
                Source=self._sender,
                Destinations=[mime["To"].addresses[0].addr_spec],
                RawMessage={"Data": bytes(mime)},
                ConfigurationSetName=self._configuration_set,
            )
            message_id: str = reply["MessageId"]
        except ClientError as error:
            _raise_domain_error(error)
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise NotSent("The email service cannot be reached.", code="email_service_unreachable") from error
        except (BotoCoreError, ResponseParserError, AttributeError, KeyError, TypeError, ValueError) as error:
            # SES may have accepted the email before the response was lost, so the outcome is unknown.
            raise Unavailable("The email service did not respond.", code="email_service_no_answer") from error
        return message_id

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - botocore creates client classes at run time
        # No automatic retries: a call whose response is lost may have sent the email.
        config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 1})
        return get_session().create_client("ses", region_name=self._region, config=config)


_REJECTED = {"MessageRejected", "InvalidParameterValue"}
"""Error codes about a single email (SES API reference, "SendRawEmail" and "Common errors")."""


def _raise_domain_error(error: ClientError) -> NoReturn:
    code = str(error.response["Error"].get("Code"))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
    if code in _REJECTED and "not verified" not in str(error.response["Error"].get("Message")):
        raise Refused("The email service rejected this email.", code="address_rejected") from error
    if status < 500:
        # Throttled, over quota, paused, not allowed or sender not verified: for the operator to fix.
        raise NotSent("The email service is not accepting emails now.", code="email_service_refused") from error
    raise Unavailable("The email service failed.", code="email_service_no_answer") from error
