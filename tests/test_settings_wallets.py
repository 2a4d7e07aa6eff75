"""GOOGLE_WALLET_SECRET and APPLE_WALLET_SECRET: which wallets passes are made for."""

from __future__ import annotations

import pytest

from chalicelib.embed.wallets.wallet import Wallet
from chalicelib.settings import read
from tests.test_settings_fetch_allow import ENVIRONMENT


@pytest.mark.parametrize(
    ("environment", "wallets"),
    [
        ({}, {}),
        ({"GOOGLE_WALLET_SECRET": "", "APPLE_WALLET_SECRET": "arn:2"}, {Wallet.APPLE: "arn:2"}),
        (
            {"GOOGLE_WALLET_SECRET": "arn:1", "APPLE_WALLET_SECRET": "arn:2"},
            {Wallet.GOOGLE: "arn:1", Wallet.APPLE: "arn:2"},
        ),
    ],
)
def test_wallets_are_those_with_a_secret(environment: dict[str, str], wallets: dict[Wallet, str]) -> None:
    assert read({**ENVIRONMENT, "STAGE": "local", **environment}).wallets == wallets
