"""Emails through the embedded AWS, and errors of SES."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.delivery import email_events
from chalicelib.delivery.email_events import EmailEventType
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.ports import NotSent
from chalicelib.email.ses import SesMailer
from chalicelib.errors import Refused, Unavailable
from local import mail
from local.aws import REGION, EmbeddedAws
from local.deploy import client
from tests.email.sample_emails import sample_email

SENDER = "letters@laurel.example"


@pytest.fixture
def mailer(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> SesMailer:
    for name, value in aws.client_env.items():
        monkeypatch.setenv(name, value)
    client(aws, "ses").verify_domain_identity(Domain="laurel.example")
    return SesMailer(REGION, SENDER, "")


@pytest.fixture
def published_events(aws: EmbeddedAws) -> Iterator[Callable[[], list[str]]]:
    """Events that the email service publishes to a topic of this test."""
    sns, sqs, ses = (client(aws, name) for name in ("sns", "sqs", "ses"))
    name = f"mail-{uuid.uuid4().hex}"
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    ses.verify_domain_identity(Domain="laurel.example")
    for kind in ("Delivery", "Bounce", "Complaint"):
        ses.set_identity_notification_topic(Identity="laurel.example", NotificationType=kind, SnsTopic=topic)

    def receive() -> list[str]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5)
        return [json.loads(one["Body"])["Message"] for one in found.get("Messages", [])]

    yield receive
    for kind in ("Delivery", "Bounce", "Complaint"):
        ses.set_identity_notification_topic(Identity="laurel.example", NotificationType=kind)


def test_sent_email_is_shown_on_the_local_mail_pages(aws: EmbeddedAws, mailer: SesMailer) -> None:
    one = sample_email(Kind.ISSUED)
    message_id = mailer.send(one)
    [kept] = [each for each in mail.sent_emails(aws.endpoint_url) if each.id == message_id]
    assert (kept.to, kept.subject) == (one.to, one.subject)
    assert one.main.url in kept.text
    assert one.main.url in kept.html
    for path in ("/_mail", f"/_mail/{message_id}", f"/_mail/{message_id}/html"):
        status, headers, page = mail.answer(path, "localhost:8000", aws.endpoint_url)
        assert status == 200
        assert "script-src" not in dict(headers)["Content-Security-Policy"]
        assert "default-src 'none'" in dict(headers)["Content-Security-Policy"]
        assert b"<script" not in page
    assert mail.answer("/_mail", "evil.example:8000", aws.endpoint_url)[0] == 403
    assert mail.answer("/_mail/nothing", "localhost:8000", aws.endpoint_url)[0] == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "event_types"),
    [
        ("success@simulator.amazonses.com", [EmailEventType.DELIVERED]),
        ("bounce@simulator.amazonses.com", [EmailEventType.BOUNCED]),
        ("suppressionlist@simulator.amazonses.com", [EmailEventType.BOUNCED]),
        ("complaint@simulator.amazonses.com", [EmailEventType.DELIVERED, EmailEventType.COMPLAINED]),
    ],
)
def test_simulator_addresses_publish_their_events(
    mailer: SesMailer, published_events: Callable[[], list[str]], to: str, event_types: list[EmailEventType]
) -> None:
    message_id = mailer.send(replace(sample_email(Kind.ISSUED), to=to))
    found = [email_events.parse(message) for message in published_events()]
    assert sorted(one.event_type for one in found if one) == sorted(event_types)
    assert {(one.message_id, one.addresses) for one in found if one} == {(message_id, (to,))}


class Broken:
    """An SES client that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send_raw_email(self, **_: object) -> dict[str, Any]:
        raise self.error


def client_error(code: str, status: int, message: str = "no") -> ClientError:
    reply = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(reply, "SendRawEmail")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (client_error("Throttling", 400, "Maximum sending rate exceeded."), NotSent, "email_service_refused"),
        (client_error("AccountSendingPausedException", 400), NotSent, "email_service_refused"),
        (client_error("AccessDenied", 403), NotSent, "email_service_refused"),
        (client_error("MessageRejected", 400, "Email address is not verified."), NotSent, "email_service_refused"),
        (client_error("MessageRejected", 400, "Address blacklisted."), Refused, "address_rejected"),
        (client_error("InvalidParameterValue", 400, "Illegal address"), Refused, "address_rejected"),
        (client_error("InternalFailure", 500), Unavailable, "email_service_no_answer"),
        (EndpointConnectionError(endpoint_url="https://ses.example"), NotSent, "email_service_unreachable"),
        (ReadTimeoutError(endpoint_url="https://ses.example"), Unavailable, "email_service_no_answer"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)[:60]),
)  # fmt: skip
def test_each_error_says_whether_the_email_was_sent(error: Exception, kind: type[Exception], code: str) -> None:
    mailer = SesMailer(REGION, SENDER, "laurel")
    mailer.__dict__["_client"] = Broken(error)
    with pytest.raises(kind) as raised:
        mailer.send(sample_email(Kind.ISSUED))
    assert raised.value.code == code  # type: ignore[attr-defined]
    assert (type(raised.value) is NotSent) == (kind is NotSent)


def test_client_never_retries_a_send() -> None:
    """By default botocore retries after a lost response, which would send a second email."""
    config = SesMailer(REGION, SENDER, "laurel")._client.meta.config
    assert config.retries["total_max_attempts"] == 1
