"""A link for a holder who has no email from Laurel, requested on the public page of one of their credentials.

The requester has proven nothing. So the request does the same for every address, in the same time: it counts against
the budgets for sign-in emails of strangers, and stores a task. Only the worker finds out whether the credential was
issued to that address, and sends the link within the limit of links that open nothing.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from chalicelib.access import email_address, secrets
from chalicelib.access.access_context import AccessContext
from chalicelib.access.sign_in import links
from chalicelib.credential.record import Record
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.holder import link_requests
from chalicelib.delivery.ports import LinkRequest
from chalicelib.errors import NotFound, Refused, TakenDown, TooMany
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase
from chalicelib.tasks.task_queue import Task

KIND = "lost_link"
"""Task kind: answer a request for a link."""
WAITS = timedelta(hours=1)
"""How long a request waits while no email can be sent. After that, the holder can ask again."""


def require(delivery_context: DeliveryContext, credential_id: str) -> Record:
    """The record of a credential with a public page. Raises `NotFound`, `TakenDown`."""
    record = delivery_context.archive.record(credential_id)
    if record.taken_down is not None:
        raise TakenDown(phrase("The operator of this service has already taken down the page of this credential."))
    return record


def request(
    delivery_context: DeliveryContext,
    access_context: AccessContext,
    credential_id: str,
    email: str,
    caller: str,
    language: str = DEFAULT,
) -> None:
    """Have a link to all of the holder's credentials sent to ``email``, if the credential was issued to that address.

    Stores nothing over a budget; the caller cannot tell. This must not read the recipient: a call to storage that
    depends on the address takes time, which would tell whether it is right. Raises `Refused` (`bad_email`), `NotFound`,
    `TakenDown`, `Unavailable`.
    """
    to = email_address.normalize(email)
    record = require(delivery_context, credential_id)
    # An address that an issuer made up and Laurel never emailed costs as much as one that a stranger made up.
    is_new = not delivery_context.store.delivery(record.issuer_id, credential_id).emails
    if not links.within_budgets(access_context, to, caller, is_member=False, is_new=is_new):
        return
    now = delivery_context.now()
    request_id = secrets.new_secret(delivery_context.entropy, secrets.ID_BYTES)
    one = LinkRequest(request_id, credential_id, to, language, now + WAITS)
    delivery_context.store.add_link_request(one)
    delivery_context.tasks.add([Task(KIND, record.issuer_id, request_id, now)])


def handle_request(delivery_context: DeliveryContext, task: Task) -> None:
    """The handler of `KIND`: send the link if the address is right, and delete the request.

    Nothing is sent over a limit or to an address that bounces. Raises `Unavailable`; then the task is repeated.
    """
    one = delivery_context.store.link_request(task.subject, delivery_context.now())
    if one is None:
        return
    if _is_recipient(delivery_context, one):
        with suppress(Refused, TooMany):
            link_requests.send_link_to_recipient(delivery_context, one.email, one.language)
    delivery_context.store.delete_link_request(one.id)


def _is_recipient(delivery_context: DeliveryContext, one: LinkRequest) -> bool:
    try:
        require(delivery_context, one.credential_id)
        return delivery_context.archive.recipient(one.credential_id).email == one.email
    except NotFound:  # deleted or taken down since
        return False
