"""The OpenID Connect providers of the deployment, read from its secret and kept for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.access.sign_in import providers
from chalicelib.access.sign_in.providers import Provider
from chalicelib.errors import LaurelError, Unavailable

KEPT_FOR = timedelta(minutes=5)
"""How long a process keeps the list, so a replaced client secret takes effect without a deployment."""
RETRY_AFTER = timedelta(seconds=30)
"""How long a failed read is remembered, so that each visitor of the sign-in page does not wait for it again."""


@dataclass(slots=True)
class ProviderList:
    """The configured providers. ``read`` returns the secret's text and raises `Unavailable`; None without providers."""

    read: Callable[[], str] | None
    clock: Callable[[], datetime]
    _kept: tuple[Provider, ...] | None = field(default=None, init=False)
    _until: datetime | None = field(default=None, init=False)

    def all(self) -> tuple[Provider, ...]:
        """All providers. A list that cannot be read again is kept. Raises `Unavailable` if it was never read,
        including when the secret is not a list of providers."""
        if self.read is None:
            return ()
        now = self.clock()
        if self._until is None or now >= self._until:
            self._refresh(self.read, now)
        if self._kept is None:
            raise Unavailable("The sign-in providers cannot be read.", code="providers_unavailable")
        return self._kept

    def _refresh(self, read: Callable[[], str], now: datetime) -> None:
        self._until = now + RETRY_AFTER
        try:
            self._kept = providers.parse(read())
        except LaurelError as error:
            if self._kept is None:
                raise Unavailable("The sign-in providers cannot be read.", code="providers_unavailable") from error
        else:
            self._until = now + KEPT_FOR
