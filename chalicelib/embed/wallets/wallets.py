"""The configured wallets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, lru_cache

from chalicelib.embed.wallets import google
from chalicelib.embed.wallets.google import GoogleSigner
from chalicelib.embed.wallets.wallet_pass import Wallet, WalletPass
from chalicelib.errors import NotFound

KEPT = 256
"""Passes kept in a worker's memory, so that repeated requests for a credential cause one signature."""


class Wallets:
    """Signs passes. ``secrets`` returns the secret of each configured wallet, and raises `Unavailable`.

    A secret is read once for each worker, when its first pass is made. Every method raises `NotFound` for a wallet that
    is not configured, `Unavailable`, and `MissingSetting` if the secret is not complete.
    """

    def __init__(self, secrets: Mapping[Wallet, Callable[[], str]]) -> None:
        self._secrets = secrets
        self._google_link = lru_cache(KEPT)(self._new_google_link)

    def require(self, wallet: Wallet) -> None:
        """Raise `NotFound` unless ``wallet`` is configured."""
        if wallet not in self._secrets:
            raise NotFound("This wallet is not configured.")

    def google_link(self, wallet_pass: WalletPass, now: datetime) -> str:
        """Return the link that saves ``wallet_pass`` to Google Wallet; the same one within an hour."""
        return self._google_link(wallet_pass, now.replace(minute=0, second=0, microsecond=0))

    def _new_google_link(self, wallet_pass: WalletPass, hour: datetime) -> str:
        return self._google.link(wallet_pass, hour)

    @cached_property
    def _google(self) -> GoogleSigner:
        return google.signer(self._secret(Wallet.GOOGLE))

    def _secret(self, wallet: Wallet) -> str:
        self.require(wallet)
        return self._secrets[wallet]()
