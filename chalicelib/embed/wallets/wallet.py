"""The wallets that passes are made for."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from chalicelib.language.phrase import phrase


class Wallet(StrEnum):
    """The wallets that passes are made for."""

    GOOGLE = "google"
    APPLE = "apple"


NAMES = {Wallet.GOOGLE: phrase("Add to Google Wallet"), Wallet.APPLE: phrase("Add to Apple Wallet")}


def wallet_links(url: str, wallets: Sequence[Wallet]) -> tuple[tuple[str, str], ...]:
    """Return the text and URL of the link to each pass of the credential whose page is ``url``."""
    return tuple((NAMES[wallet], f"{url}/wallet/{wallet}") for wallet in wallets)
