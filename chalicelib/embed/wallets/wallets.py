"""The configured wallets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, lru_cache

from chalicelib.embed.wallets import apple, google
from chalicelib.embed.wallets.apple import AppleSigner
from chalicelib.embed.wallets.google import GoogleSigner
from chalicelib.embed.wallets.wallet import Wallet
from chalicelib.embed.wallets.wallet_pass import WalletPass
from chalicelib.errors import NotFound

KEPT_LINKS, KEPT_FILES = 256, 64
"""Passes kept in a worker's memory, of 2 KB and about 10 KB each, so that repeated requests for a credential cause one
signature."""


class Wallets:
    """Signs passes. ``secrets`` returns the secret of each configured wallet, and raises `Unavailable`.

    A secret is read once for each worker, when its first pass is made. Every method raises `NotFound` for a wallet that
    is not configured, `Unavailable`, and `MissingSetting` if the secret is not complete.
    """

    def __init__(self, secrets: Mapping[Wallet, Callable[[], str]]) -> None:
        self._secrets = secrets
        self._google_link = lru_cache(KEPT_LINKS)(self._new_google_link)
        self._apple_file = lru_cache(KEPT_FILES)(self._new_apple_file)

    def require(self, wallet: Wallet) -> None:
        """Raise `NotFound` unless ``wallet`` is configured."""
        if wallet not in self._secrets:
            raise NotFound("This wallet is not configured.")

    def google_link(self, wallet_pass: WalletPass, now: datetime) -> str:
        """Return the link that saves ``wallet_pass`` to Google Wallet; the same one within an hour."""
        return self._google_link(wallet_pass, now.replace(minute=0, second=0, microsecond=0))

    def apple_file(self, wallet_pass: WalletPass) -> bytes:
        """Return the `.pkpass` file of ``wallet_pass``."""
        return self._apple_file(wallet_pass)

    def _new_google_link(self, wallet_pass: WalletPass, hour: datetime) -> str:
        return self._google.link(wallet_pass, hour)

    def _new_apple_file(self, wallet_pass: WalletPass) -> bytes:
        return self._apple.file(wallet_pass)

    @cached_property
    def _google(self) -> GoogleSigner:
        return google.signer(self._secret(Wallet.GOOGLE))

    @cached_property
    def _apple(self) -> AppleSigner:
        return apple.signer(self._secret(Wallet.APPLE))

    def _secret(self, wallet: Wallet) -> str:
        self.require(wallet)
        return self._secrets[wallet]()
