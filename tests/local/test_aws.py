"""The embedded AWS: it listens on loopback only and inherits nothing from the caller's environment."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from local import aws as embedded
from local import ports
from local.deploy import client

LOOPBACK = {"0100007F", "00000000000000000000000001000000"}  # 127.0.0.1 and ::1 as the kernel writes them


def test_every_listening_socket_is_on_loopback(aws: embedded.EmbeddedAws) -> None:
    # Services are loaded on their first call, and some would open their own ports.
    client(aws, "dynamodb").list_tables()
    client(aws, "kms").list_keys()
    client(aws, "iot").list_things()
    client(aws, "transfer").list_servers()
    inodes = ports.socket_inodes(aws.process.pid)
    found = {(address, port) for inode, address, port in ports.listening() if inode in inodes}
    assert int(aws.endpoint_url.rpartition(":")[2]) in {port for _, port in found}
    assert {address for address, _ in found} <= LOOPBACK


def test_socket_on_every_interface_would_be_detected() -> None:
    with socket.socket() as everywhere:
        everywhere.bind(("0.0.0.0", 0))  # noqa: S104  closed at once; shows that the test above can fail
        everywhere.listen()
        inodes = ports.socket_inodes(os.getpid())
        found = {address for inode, address, port in ports.listening() if inode in inodes}
    assert "00000000" in found


def test_iam_is_evaluated(aws: embedded.EmbeddedAws) -> None:
    iam = client(aws, "iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    nobody = boto3.client(
        "dynamodb",
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        nobody.list_tables()


def test_environment_of_the_caller_is_not_inherited(tmp_path: Path) -> None:
    env = embedded.environment(4566, tmp_path)
    assert (env["BIND_HOST"], env["IOT_MTLS_ENABLED"], env["AUTH"]) == ("127.0.0.1", "0", "true")
    assert set(env) & {"PYTHONPATH", "VIRTUAL_ENV", "AWS_PROFILE", "AWS_SESSION_TOKEN"} == set()


def test_certificate_authorities_that_a_developer_trusts_are_inherited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert "SSL_CERT_FILE" not in embedded.environment(4566, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", "/authority.pem")
    assert embedded.environment(4566, tmp_path)["SSL_CERT_FILE"] == "/authority.pem"


def test_failed_start_names_its_log(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(embedded.NotReadyError, match="its log is"):
            embedded.start(taken.getsockname()[1], tmp_path, timeout=5)


def test_another_embedded_aws_on_the_port_is_not_reused(aws: embedded.EmbeddedAws, tmp_path: Path) -> None:
    with pytest.raises(embedded.NotReadyError):
        embedded.start(int(aws.endpoint_url.rpartition(":")[2]), tmp_path, timeout=5)
