"""Secret values in the embedded AWS Secrets Manager."""

from __future__ import annotations

import os

import pytest

from chalicelib.errors import Unavailable
from chalicelib.kms import secret_values
from local.aws import EmbeddedAws
from local.deploy import client


@pytest.fixture
def region(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> str:
    for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(variable)
    for variable, value in aws.client_env.items():
        monkeypatch.setenv(variable, value)
    return aws.region


def test_the_current_text_of_a_secret_is_read(aws: EmbeddedAws, region: str) -> None:
    made = client(aws, "secretsmanager").create_secret(Name="providers", SecretString='[{"id": "campus"}]')
    assert secret_values.read(region, made["ARN"]) == '[{"id": "campus"}]'


def test_a_missing_secret_is_unavailable(region: str) -> None:
    with pytest.raises(Unavailable):
        secret_values.read(region, "no-such-secret")
