"""Email sign-in links: `access.ports.Mailer` on the mailer of this package."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.delivery import email_events
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import account
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.limits import pausing
from chalicelib.delivery.limits.reputation import SIGN_IN
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.errors import Refused
from chalicelib.language.languages import DEFAULT


@dataclass(frozen=True, slots=True)
class SignInMailer:
    """Sends sign-in links. Silently skips addresses that bounce, so that the requester cannot tell which do."""

    delivery_context: DeliveryContext

    def too_many_bounce(self) -> bool:
        """Whether too many sign-in emails bounce or are reported as spam. Raises `Unavailable`."""
        return pausing.is_paused(self.delivery_context, SIGN_IN)

    def send_sign_in(self, email: str, link: str, minutes: int, language: str = DEFAULT) -> None:
        """Email a sign-in link in ``language``. Raises `Unavailable` when the email service fails."""
        now = self.delivery_context.now()
        if suppression_reason(self.delivery_context.mailbox(email), Kind.SIGN_IN, now) is not None:
            return
        try:
            content = account.sign_in(email, link, minutes, language)
            message_id = self.delivery_context.mailer().send(content)
        except Refused:
            return
        email_events.count_sent(self.delivery_context, message_id, SIGN_IN, content)
