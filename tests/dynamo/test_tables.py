from __future__ import annotations

import subprocess
import sys

import pytest

from chalicelib.dynamo import tables
from chalicelib.dynamo.tables import Tables


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Tables:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Tables(credentials="c", directory="d", events="e", secrets="s", erasures="t", region="eu-central-1")


def test_client_times_out_before_api_gateway(made: Tables):
    config = made.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (tables.CONNECT_SECONDS, tables.READ_SECONDS)
    assert config.retries["total_max_attempts"] == 1 + tables.RETRIES
    longest = (1 + tables.RETRIES) * (tables.CONNECT_SECONDS + tables.READ_SECONDS)
    assert 3 * longest < 29  # API Gateway's limit, in seconds; a view makes three calls


@pytest.mark.slow
def test_storage_does_not_import_boto3():
    """Importing boto3 would slow every cold start."""
    modules = ("public", "award.issuers", "analytics.events", "analytics.salts")
    code = "\n".join(f"import chalicelib.dynamo.stores.{name}" for name in modules)
    code += "\nimport chalicelib.kms.signer, sys; sys.exit('boto3' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
