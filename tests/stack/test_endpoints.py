"""A receiver on this machine gets signed messages from the running stack, as a developer tries it with `make run`."""

from __future__ import annotations

from standardwebhooks.webhooks import Webhook

from tests.conftest import RunningStack
from tests.stack import jobs
from tests.stack.conftest import Receiver
from tests.stack.test_issuing import ISSUER, ApiClient, cli


def test_a_receiver_on_this_machine_gets_messages_that_the_standard_webhooks_library_verifies(
    stack: RunningStack, receiver: Receiver
) -> None:
    api = ApiClient(stack, cli(stack, "token", "create", ISSUER, "--name", "endpoints", "--role", "owner")["token"])
    created = api("POST", "/v1/endpoints", {"url": f"https://{receiver.authority}/laurel", "kinds": ["issued"]})
    assert created.status == 201, created.body
    queued = api("POST", f"/v1/endpoints/{created.json['id']}/test")
    assert queued.status == 202, queued.body
    jobs.run(stack, "SendMessages")
    (message,) = receiver.received
    found = Webhook(created.json["secret"]).verify(message.body, message.headers)
    assert (found["type"], found["data"]["issuer"]) == ("test", ISSUER)
    (logged,) = api("GET", f"/v1/endpoints/{created.json['id']}").json["messages"]
    assert (logged["state"], logged["status"]) == ("delivered", 204)
    other = api("POST", "/v1/endpoints", {"url": "https://localhost:1/laurel", "kinds": ["issued"]})
    assert (other.status, other.json["code"]) == (422, "url_refused")
    assert api("DELETE", f"/v1/endpoints/{created.json['id']}").status == 204
