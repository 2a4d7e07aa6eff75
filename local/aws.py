"""The embedded AWS: one ministack process on loopback. It writes its state to disk on a clean stop."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local import ports, process

ROOT = Path(__file__).resolve().parent.parent
REGION = "us-east-1"
ACCOUNT = "000000000000"
# ministack's root user. With AUTH=true, IAM evaluates every call, and Lambda functions run under their own roles.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class NotReadyError(Exception):
    """The embedded AWS did not start. The message names its log."""


@dataclass(frozen=True, slots=True)
class EmbeddedAws:
    """A running embedded AWS. `client_env` is the environment for an AWS SDK."""

    process: process.Process
    region: str = REGION

    @property
    def endpoint_url(self) -> str:
        return self.process.serves

    @property
    def client_env(self) -> dict[str, str]:
        return {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def executable() -> Path:
    return ROOT / ".venv-aws" / "bin" / "ministack"


def environment(port: int, state: Path) -> dict[str, str]:
    """The complete environment of ministack. Lambda workers inherit it, so the caller's environment is left out, except
    for the certificate authorities that a developer trusts (OpenSSL's `SSL_CERT_FILE`)."""
    temporary = state / "tmp"
    trusted = {"SSL_CERT_FILE": os.environ["SSL_CERT_FILE"]} if os.environ.get("SSL_CERT_FILE") else {}
    return {
        **trusted,
        **CREDENTIALS,
        "PATH": f"{executable().parent}:{os.environ.get('PATH', os.defpath)}",
        "HOME": str(state),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # these two services listen on every interface
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "AUTH": "true",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "INFO",
        # More threads (the default is 64) only wait for the CPU of the Lambda workers.
        "MINISTACK_WORKER_THREADS": "16",
        "DOCKER_HOST": f"unix://{state}/no-docker.sock",
    }


def start(port: int, state: Path, *, timeout: float = 90.0) -> EmbeddedAws:
    """Start the embedded AWS on 127.0.0.1:`port` with its state under `state`; return when it responds.

    Raises NotReadyError if it exits or does not respond within `timeout` seconds.
    """
    shutil.rmtree(state / "tmp", ignore_errors=True)  # function code that an earlier run unpacked
    (state / "tmp").mkdir(parents=True)
    _forget_stream_positions(state / "state" / "lambda.json")
    log = state / "aws.log"
    url = f"http://127.0.0.1:{port}"
    running = process.start([str(executable())], env=environment(port, state), log=log, cwd=state, serves=url)
    end = time.monotonic() + timeout
    # Check the process id, so that another program on this port is not mistaken for this one.
    while not (ports.holds(running.pid, port) and answers(url)):
        if not running.alive or time.monotonic() > end:
            process.stop(running)
            raise NotReadyError(f"The embedded AWS did not start on port {port}; its log is {log}")
        time.sleep(0.05)
    return EmbeddedAws(running)


@contextmanager
def temporary(prefix: str) -> Iterator[EmbeddedAws]:
    """Start the embedded AWS on a free port, and stop it at the end of the block, with all its data."""
    with tempfile.TemporaryDirectory(prefix=prefix) as home:
        engine = start(ports.free_port(), Path(home))
        try:
            yield engine
        finally:
            process.stop(engine.process)


def _forget_stream_positions(functions: Path) -> None:
    """Let functions read streams from their beginning. The embedded AWS stores how far a stream was read but not the
    stream, so after a restart it would skip as many records as were read before."""
    if functions.exists():
        stored = json.loads(functions.read_text())
        if stored["payload"].pop("dynamodb_stream_positions", None):
            functions.write_text(json.dumps(stored))


def answers(url: str) -> bool:
    """Whether an embedded AWS responds at `url`."""
    try:
        with urllib.request.urlopen(f"{url}/_ministack/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
