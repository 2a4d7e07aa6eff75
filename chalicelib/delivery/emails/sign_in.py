"""The letter by which somebody signs in: `access.ports.Post` over what delivery has."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.delivery import mailbox
from chalicelib.delivery.emails import compose
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.mailbox import held_back
from chalicelib.delivery.ports import Post, Store
from chalicelib.errors import Refused


@dataclass(frozen=True, slots=True)
class SignInPost:
    """Sends it, unless the address is known to take no mail: who asked must not learn which it is."""

    store: Store
    post: Post

    def send_sign_in(self, email: str, link: str, minutes: int) -> None:
        """Send the link by which somebody signs in. Raises `Unavailable` when the post is out of order."""
        if held_back(self.store.mailbox(mailbox.digest(email)), Kind.SIGN_IN) is not None:
            return
        with suppress(Refused):
            self.post.send(compose.sign_in(email, link, minutes))
