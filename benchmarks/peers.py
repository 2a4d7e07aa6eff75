"""Peers: comparable libraries, each in a process that answers one line of JSON with another."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from benchmarks.rounds import Contender

ROOT = Path(__file__).resolve().parent.parent
CONTEXTS = ROOT / "chalicelib" / "verify" / "canonical" / "contexts"


class PeerMissing(Exception):
    """A peer is not installed; the message explains how to install it."""


class Peer:
    """A running peer process."""

    def __init__(self, name: str, command: Sequence[str | Path]) -> None:
        self.name = name
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self._input, self._output = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # closes its standard input, which makes it exit

    def send(self, request: dict[str, Any]) -> None:
        """Send a request that has no response."""
        self._input.write(json.dumps(request) + "\n")
        self._input.flush()

    def verifier(self, source: bytes, suite: str, now: str) -> Contender:
        """Return a contender that verifies ``source`` repeatedly in the peer."""

        def contend(seconds: float) -> list[int]:
            self.send({"source": source.decode(), "suite": suite, "now": now, "seconds": seconds})
            answer = self._output.readline()
            if not answer:
                raise RuntimeError(f"{self.name} exited; see its output above")
            times: list[int] = json.loads(answer)["times"]
            return times

        return contend


@contextmanager
def digital_bazaar() -> Iterator[Peer]:
    """Run @digitalbazaar/vc on Node, with the JSON-LD contexts that Laurel bundles."""
    node = shutil.which("node")
    package = ROOT / "node_modules" / "@digitalbazaar" / "vc" / "package.json"
    if node is None or not package.exists():
        raise PeerMissing("@digitalbazaar/vc is not here: install Node 20 and run `npm ci`")
    version = json.loads(package.read_bytes())["version"]
    with Peer(f"@digitalbazaar/vc {version}", [node, ROOT / "tools" / "peer" / "bench.mjs"]) as peer:
        peer.send({"documents": _documents()})
        yield peer


def _documents() -> dict[str, Any]:
    """Return the JSON-LD contexts that Laurel bundles, by URL."""
    index = json.loads((CONTEXTS / "index.json").read_bytes())
    return {url: json.loads((CONTEXTS / entry["file"]).read_bytes()) for url, entry in index.items()}


def derived(document: Mapping[str, Any], key: Mapping[str, str], created: str) -> dict[str, Any]:
    """Sign ``document`` with `ecdsa-sd-2023`, and return what its holder shows: here, everything.

    The issuer and the start date are mandatory, so every other statement has a signature of its own.
    """
    item = {"credential": document, "cryptosuite": "ecdsa-sd-2023", "key": key, "created": created}
    shown = [f"/{name}" for name in document if name not in {"@context", "id", "type"}]
    request = {"documents": _documents(), "items": [{**item, "mandatory": _MANDATORY, "selected": shown}]}
    done = subprocess.run(
        ["node", ROOT / "tools" / "peer" / "sign.mjs"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    signed: list[dict[str, Any]] = json.loads(done.stdout)
    return signed[0]


_MANDATORY = ("/issuer", "/validFrom")


@contextmanager
def openvc() -> Iterator[Peer]:
    """Run openvc-core in the environment of requirements-bench.txt."""
    python = ROOT / ".venv-bench" / "bin" / "python"
    if not python.exists():
        raise PeerMissing("openvc-core is not here: run `make bench`, which installs it")
    script = "import importlib.metadata as m; print(m.version('openvc-core'))"
    version = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    with Peer(f"openvc-core {version}", [python, ROOT / "benchmarks" / "openvc_peer.py"]) as peer:
        yield peer


@contextmanager
def all_peers() -> Iterator[dict[str, Peer]]:
    """Run every peer, and return each by the suite that it is measured with."""
    with ExitStack() as stack:
        bazaar = stack.enter_context(digital_bazaar())
        yield {
            "eddsa-rdfc-2022": bazaar,
            "eddsa-jcs-2022": stack.enter_context(openvc()),
            "ecdsa-rdfc-2019": bazaar,
            "ecdsa-sd-2023": bazaar,
        }
