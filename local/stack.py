"""The local stack of one base URL: start, stop, develop.

The base URL is part of every signed credential, so each port has its own state:

    .laurel/<port>/aws/         the embedded AWS: state and log
    .laurel/<port>/aws.json     its process
    .laurel/<port>/proxy.json   the proxy process; mail.json for the mail pages under `make dev`
    .laurel/<port>/demo.json    the demo credentials by kind, a holder's profile and an API key
    .laurel/demo.json           the same, for the stack that was started last
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.demo import plan
from cli.demo.profile import PROFILE
from cli.demo.verifier import VERIFIER
from local import aws, ports, process
from local.deploy import Deployed, current, deploy
from local.package import ROOT, build
from local.progress import say, step
from local.warm_up import warm_up

STAGE = "local"
GATEWAY_PORT = 4566  # the usual port of local AWS emulators; another one if it is taken
STATES = ROOT / ".laurel"
MAIL_FROM = "laurel@laurel.example"
ADA = "ada@harbour-college.example"  # operator and owner in the demo, as described in the README


class StackError(Exception):
    """The stack cannot start. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The local stack at http://localhost:`port`, its files under `home`."""

    port: int
    home: Path

    @classmethod
    def of(cls, port: int, states: Path = STATES) -> Stack:
        return cls(port, states / str(port))

    @classmethod
    def known(cls, states: Path = STATES) -> list[Stack]:
        """Every stack that was ever started here."""
        return [cls(int(home.name), home) for home in sorted(states.glob("[0-9]*")) if home.is_dir()]

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def demo(self) -> Path:
        return self.home / "demo.json"

    def record(self, name: str) -> Path:
        return self.home / f"{name}.json"

    @property
    def _saved(self) -> Path:
        """Marker file: the embedded AWS stopped cleanly and wrote its state."""
        return self.home / "aws.saved"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock this stack, so that a second command waits. A failed first start leaves no files."""
        path = self.home / "lock"
        while True:
            self.home.mkdir(parents=True, exist_ok=True)
            with path.open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not (path.exists() and os.path.samestat(path.stat(), os.fstat(lock.fileno()))):
                    continue  # the previous holder deleted the file
                try:
                    yield
                finally:
                    if list(self.home.iterdir()) == [path]:
                        shutil.rmtree(self.home)
                return

    # --- up ----------------------------------------------------------------------------------------------------------

    def up(self) -> None:
        """Deploy the sources, start the processes and create the demo data, each only if needed.

        Raises StackError, PackagingError, DeploymentError or NotReadyError.
        """
        with self.locked():
            self._stop("dev")
            self._stop("mail")
            self._claim_port()
            self._announce()
            with step("Packaging"):
                build(STAGE)
            engine = self._aws()
            empty = current(engine) is None
            deployed = self._deploy(engine)
            if not self._holds_demo(deployed.api_url(engine)):
                self._seed(engine, deployed, empty=empty)
            elif not self._is_complete():
                self._create_demo(engine, deployed)
                self._start_functions(deployed.api_url(engine))
            self._index_profiles()
            shutil.copyfile(self.demo, self.home.parent / "demo.json")

    def _claim_port(self) -> None:
        """Raises StackError if another program uses the port."""
        if process.recall(self.record("proxy")) is None and ports.taken(self.port):
            raise StackError(
                f"Port {self.port} is in use by {ports.holder(self.port)}.\n"
                f"Stop it, or use another port: make run PORT={self.port + 1}"
            )

    def _announce(self) -> None:
        others = [str(stack.port) for stack in self.known(self.home.parent) if stack.demo.exists()]
        if others and not self.demo.exists():
            say(f"The base URL is part of every signed credential, so {self.base_url} gets its own demo data")
            say(f"(the data of port {', '.join(others)} is kept)")

    def _aws(self) -> aws.EmbeddedAws:
        """The embedded AWS of this stack, started if necessary."""
        before = process.last(self.record("aws"))
        preferred = int(before.serves.rpartition(":")[2]) if before else GATEWAY_PORT
        if before and before.alive:
            # A killed process can take a moment to exit, and a suspended process never responds.
            if ports.holds(before.pid, preferred) and aws.answers(before.serves):
                return aws.EmbeddedAws(before)
            say("The embedded AWS is not responding; restarting it")
            process.stop(before)
        if before and not self._saved.exists():
            say("The embedded AWS was not stopped by `make stop`: changes since its last clean stop are lost")
        with step("Starting the embedded AWS"):
            try:
                return self._start_aws(ports.free_port(preferred))
            except aws.NotReadyError:  # another program took the port first
                return self._start_aws(ports.free_port())

    def _start_aws(self, port: int) -> aws.EmbeddedAws:
        engine = aws.start(port, self.home / "aws")
        self._saved.unlink(missing_ok=True)
        process.remember(engine.process, self.record("aws"))
        return engine

    def _deploy(self, engine: aws.EmbeddedAws) -> Deployed:
        """Deploy the package and make it reachable at the base URL."""
        with step("Deploying through CloudFormation"):
            parameters = {
                "Stage": STAGE,
                "BaseUrl": self.base_url,
                "MailFrom": MAIL_FROM,
                "Operators": ADA,
                "OidcProviders": os.environ.get("OIDC_PROVIDERS", ""),
                "VcApiIssuing": "on",
                "FetchAllow": os.environ.get("FETCH_ALLOW", ""),
                "ExampleCredential": plan.credential_id(self.base_url, 0),
            }
            deployed = deploy(engine, build(STAGE), parameters)
        self._serve(deployed.api_url(engine))
        return deployed

    def _serve(self, upstream: str) -> None:
        """Start the proxy on the port of this stack, forwarding to `upstream`."""
        running = process.recall(self.record("proxy"))
        if running and running.serves == upstream:
            return
        self._stop("proxy")
        self._start_proxy("proxy", self.port, upstream)

    def _start_proxy(self, name: str, port: int, upstream: str) -> None:
        command = [sys.executable, "-m", "local.proxy", "--port", str(port), "--upstream", upstream]
        env = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
        log = self.home / "proxy.log"
        proxy = process.start(command, env=env, log=log, cwd=ROOT, serves=upstream)
        process.remember(proxy, self.record(name))
        end = time.monotonic() + 10
        while not ports.taken(port):
            if not proxy.alive or time.monotonic() > end:
                raise StackError(f"The proxy did not start on port {port}; its log is {log}")
            time.sleep(0.02)

    # --- demo data ---------------------------------------------------------------------------------------------------

    def _start_functions(self, api_url: str) -> None:
        with step("Starting the functions"):
            warm_up(api_url)

    def _holds_demo(self, api_url: str) -> bool:
        """Whether the running stack, with its API at ``api_url``, serves the credentials in demo.json."""
        if not self.demo.exists():
            return False
        self._start_functions(api_url)
        with step("Requesting a credential"):
            return self._found(json.loads(self.demo.read_text())["valid"]["api_url"])

    def _found(self, url: str) -> bool:
        try:
            urllib.request.urlopen(url, timeout=30).close()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return False
            log = self.home / "aws" / "aws.log"
            raise StackError(f"The deployed API returned {error.code}; see {log}") from error
        return True

    def _seed(self, engine: aws.EmbeddedAws, deployed: Deployed, *, empty: bool) -> None:
        """Create the demo data. Incomplete data is moved aside, never deleted, and created again."""
        if not empty:
            aside = self.home / f"aws.set-aside-{time.strftime('%Y%m%d-%H%M%S')}"
            say(f"The local data is incomplete. It was moved to {aside} and will be created again")
            self._stop("aws")
            (self.home / "aws").rename(aside)
            engine = self._aws()
            deployed = self._deploy(engine)
        self._create_demo(engine, deployed)
        if not self._holds_demo(deployed.api_url(engine)):
            raise StackError("The demo data was created, but the deployed API cannot find it")

    def _is_complete(self) -> bool:
        """Whether demo.json has every kind, the profile and the API key; an earlier version wrote fewer."""
        return set(json.loads(self.demo.read_text())) >= {*plan.Kind, PROFILE, VERIFIER}

    def _create_demo(self, engine: aws.EmbeddedAws, deployed: Deployed) -> None:
        """Create what is missing of the demo data, and save it."""
        say("Creating the demo data")
        fresh = self.home / "demo.new.json"
        command = [sys.executable, "-m", "cli", "demo", "--out", str(fresh), "--owner", ADA]
        if subprocess.run(command, cwd=ROOT, env=environment(engine, deployed), check=False).returncode != 0:
            raise StackError("The demo data could not be created; see the output above")
        with step("Saving"):  # the embedded AWS writes its state on a clean stop
            process.stop(engine.process)
            self._start_aws(int(engine.endpoint_url.rpartition(":")[2]))
        fresh.replace(self.demo)

    def _index_profiles(self) -> None:
        """Rebuild the index of the directory. The embedded AWS loses the stream of changes when it stops, and with it
        every change that was not in the index yet."""
        with step("Indexing the published profiles"):
            command = [sys.executable, "-m", "cli", "directory", "rebuild", "--json"]
            env = {**os.environ, **self.environment()}
            rebuilt = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
        if rebuilt.returncode != 0:
            raise StackError(f"The index of the directory could not be rebuilt: {rebuilt.stderr.strip()}")

    # --- down, dev ---------------------------------------------------------------------------------------------------

    def down(self) -> list[str]:
        """Stop the processes of this stack, the embedded AWS last, and return their names."""
        return [name for name in ("dev", "mail", "proxy", "aws") if self._stop(name)]

    def _stop(self, name: str) -> bool:
        running = process.recall(self.record(name))
        stopped = bool(running and process.stop(running))
        if stopped and name == "aws":
            self._saved.touch()
        return stopped

    def environment(self) -> dict[str, str]:
        """Environment variables to use this stack as its operator. Raises StackError if it is not running."""
        running = process.recall(self.record("aws"))
        deployed = current(aws.EmbeddedAws(running)) if running else None
        if running is None or deployed is None:
            raise StackError(f"Nothing is running for port {self.port}. Start it: make run PORT={self.port}")
        return {**aws.EmbeddedAws(running).client_env, **deployed.settings(STAGE)}

    def dev(self) -> int:
        """Serve the same data with `chalice local`, reloaded when a file changes, until interrupted."""
        if not self.demo.exists():
            self.up()
        with self.locked():
            for name in ("dev", "mail", "proxy"):
                self._stop(name)
            self._claim_port()
            engine = self._aws()
            deployed = current(engine)
            if deployed is None:
                raise StackError(
                    "The data is lost: the embedded AWS was killed before it could save. `make run` creates it again."
                )
            server = process.start(reloading_server(self.port), env=environment(engine, deployed), log=None, cwd=ROOT)
            process.remember(server, self.record("dev"))
            # Signing in needs the link in an email, and `chalice local` has no mail page.
            mail = ports.free_port(self.port + 1)
            self._start_proxy("mail", mail, deployed.api_url(engine))
        say(f"emails: http://localhost:{mail}/_mail")
        say(f"ready: {self.base_url} (chalice local; Ctrl-C stops it, `make stop` also stops the embedded AWS)")
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # same as Ctrl-C
        try:
            os.waitpid(server.pid, 0)
        except KeyboardInterrupt:
            process.stop(server)
        self._stop("mail")
        return 0


def reloading_server(port: int) -> list[str]:
    """The command that serves the application and restarts it when the source changes.

    `chalice local --autoreload` is not used: it watches the whole checkout, so a cache, a test or the data of this
    stack, written by anything, would restart the server in the middle of a request.
    """
    tools = Path(sys.executable).parent
    server = [str(tools / "chalice"), "local", "--stage", STAGE, "--host", "127.0.0.1", "--port", str(port)]
    watcher = [str(tools / "watchfiles"), "--verbosity", "info", "--target-type", "command"]
    return [*watcher, shlex.join(server), "app.py", "chalicelib"]


def environment(engine: aws.EmbeddedAws, deployed: Deployed) -> dict[str, str]:
    """The environment with the settings of the functions and the operator's credentials."""
    return {**os.environ, **engine.client_env, **deployed.settings(STAGE)}
