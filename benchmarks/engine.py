"""An embedded AWS with one credential, for the duration of a benchmark."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local import aws
from local.deploy import client

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {
    "STAGE": "bench",
    "BASE_URL": "http://localhost:8000",
    "CREDENTIALS_TABLE": "credentials",
    "DIRECTORY_TABLE": "directory",
    "EVENTS_TABLE": "events",
    "SECRETS_TABLE": "secrets",
    "ERASURES_TABLE": "erasures",
    "EVENT_ARCHIVE": "unused",
    "HOST_KEY_ID": "unused",
    "RECEIPT_KEY_ID": "unused",
    "POWERTOOLS_SERVICE_NAME": "laurel",
}


@dataclass(frozen=True, slots=True)
class Seeded:
    """One hosted credential, and the environment variables with which Laurel finds it."""

    credential_id: str
    document: str
    """The signed credential."""
    token: str
    """An API key of its issuer."""
    table: str
    key: str
    """Primary key of its item, as JSON for DynamoDB."""
    environment: dict[str, str]

    def run(self, module: str, *arguments: str) -> str:
        """Run ``module`` in a process of its own and return its standard output."""
        return _run(module, arguments, self.environment)


@contextmanager
def seeded() -> Iterator[Seeded]:
    """Start an embedded AWS and stop it at the end, with all its data. Start it before a core is chosen."""
    with aws.temporary("laurel-bench-") as engine:
        shared = client(engine, "kms").create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")
        own = {"SHARED_KEY_ID": shared["KeyMetadata"]["KeyId"], "PATH": os.environ.get("PATH", os.defpath)}
        environment = {**SETTINGS, **engine.client_env, **own}
        where = json.loads(_run("benchmarks.seed", (), environment))
        yield Seeded(
            where["id"], where["document"], where["token"], where["table"], json.dumps(where["key"]), environment
        )


def _run(module: str, arguments: tuple[str, ...], environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=900
    )
    return done.stdout
