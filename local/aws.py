"""The embedded AWS: ministack, one process on loopback, its state written to disk when it is stopped orderly."""

from __future__ import annotations

import os
import shutil
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from local import ports, process

ROOT = Path(__file__).resolve().parent.parent
REGION = "us-east-1"
ACCOUNT = "000000000000"
# ministack's root caller. A Lambda runs under its own role: with AUTH=true every call is judged by IAM.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class NotReadyError(Exception):
    """The embedded AWS did not come up; the message says where its log is."""


@dataclass(frozen=True, slots=True)
class EmbeddedAws:
    """A running embedded AWS. `client_env` is what an AWS SDK needs in its environment to reach it."""

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
    """The whole environment of ministack. Lambda workers inherit it, so nothing of the caller's leaks into them."""
    temporary = state / "tmp"
    return {
        **CREDENTIALS,
        "PATH": f"{executable().parent}:{os.environ.get('PATH', os.defpath)}",
        "HOME": str(state),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # these two would listen on every interface
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
        # One thread per core serves a burst; 64, the default, only queue on the Lambda workers' CPU.
        "MINISTACK_WORKER_THREADS": "16",
        "DOCKER_HOST": f"unix://{state}/no-docker.sock",
    }


def start(port: int, state: Path, *, patience: float = 30.0) -> EmbeddedAws:
    """Start the embedded AWS on 127.0.0.1:`port` with its state under `state`; return once it answers.

    Raises NotReadyError when it ends early or does not answer within `patience` seconds.
    """
    shutil.rmtree(state / "tmp", ignore_errors=True)  # the code that an earlier run unpacked for its workers
    (state / "tmp").mkdir(parents=True)
    log = state / "aws.log"
    url = f"http://127.0.0.1:{port}"
    running = process.start([str(executable())], env=environment(port, state), log=log, cwd=state, serves=url)
    end = time.monotonic() + patience
    # Another program at this port, even another embedded AWS, must not be taken for ours.
    while not (ports.holds(running.pid, port) and answers(url)):
        if not running.alive or time.monotonic() > end:
            process.stop(running)
            raise NotReadyError(f"the embedded AWS did not start on port {port}; its log is {log}")
        time.sleep(0.05)
    return EmbeddedAws(running)


def answers(url: str) -> bool:
    """Whether an embedded AWS answers at `url`."""
    try:
        with urllib.request.urlopen(f"{url}/_ministack/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
