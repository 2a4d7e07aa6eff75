"""Email sign-in links: `access.ports.Mailer` on the mailer of this package."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chalicelib.delivery import mailbox
from chalicelib.delivery.emails import account
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.delivery.ports import Mailer, Store
from chalicelib.errors import Refused


@dataclass(frozen=True, slots=True)
class SignInMailer:
    """Sends sign-in links. Silently skips addresses that bounce, so that the requester cannot tell which do."""

    store: Store
    mailer: Mailer
    clock: Callable[[], datetime]

    def send_sign_in(self, email: str, link: str, minutes: int) -> None:
        """Email a sign-in link. Raises `Unavailable` when the email service fails."""
        if suppression_reason(self.store.mailbox(mailbox.digest(email)), Kind.SIGN_IN, self.clock()) is not None:
            return
        with suppress(Refused):
            self.mailer.send(account.sign_in(email, link, minutes))
