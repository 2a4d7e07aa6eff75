from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from chalicelib.access.gate import Gate
from chalicelib.award import export
from chalicelib.award.awarding import Awarding
from chalicelib.award.jobs import Desk
from chalicelib.lookup.lookup import Lookup
from chalicelib.settings import Settings
from cli.__main__ import main
from tests.access import fakes as access
from tests.award.fakes import BASE_URL, Clock
from tests.fake_archive import Archive
from tests.fake_jobs import Jobs
from tests.fakes import Fallback, Journal, Ledger, Salts, Signer, Tasks
from tests.paths import fakes as paths

ENVIRONMENT = {
    "STAGE": "test",
    "BASE_URL": BASE_URL,
    "CREDENTIALS_TABLE": "credentials",
    "EVENTS_TABLE": "events",
    "SECRETS_TABLE": "secrets",
    "HOST_KEY_ID": "host",
}


class FakeServices:
    """What `services.Services` offers to the command line, over fakes."""

    def __init__(self) -> None:
        self.settings: Settings | None = None
        self.ledger: Any = Ledger()
        self.signer: Any = Signer()
        self.journal: Any = Journal()
        self.tasks: Any = Tasks()
        self.pathways: Any = paths.Pathways()
        self.hooks: Any = paths.Hooks()
        self.clock = Clock()
        self.entropy = random.Random(3).randbytes

    @cached_property
    def awarding(self) -> Awarding:
        return Awarding(self.ledger, self.signer, BASE_URL, self.clock, self.entropy)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.awarding, Jobs(self.tasks))

    @property
    def exporters(self) -> dict[str, export.Exporter]:
        return export.of_awards(self.ledger, Archive(self.ledger), self.desk, self.pathways, self.hooks)

    @cached_property
    def gate(self) -> Gate:
        return Gate(
            register=self.ledger.register,
            passes=access.Passes(),
            post=access.Post,
            base_url=BASE_URL,
            operators=frozenset(),
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def lookup(self) -> Lookup:
        recorder: Any = Fallback()
        return Lookup(self.ledger, recorder, Salts(), BASE_URL, self.clock, self.entropy)


@dataclass(frozen=True)
class Ran:
    """What one run of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def run(services: FakeServices, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, on the fakes."""

    def connect(read: Settings) -> Any:
        services.settings = read
        return services

    def runs(*arguments: object) -> Ran:
        try:
            code = main([str(each) for each in arguments], ENVIRONMENT, connect)
        except SystemExit as end:
            code = int(end.code or 0)
        return Ran(code, *capsys.readouterr())

    return runs


@pytest.fixture
def issuer(run: Run) -> str:
    run("issuer", "add", "acme", "--name", "Acme", "--url", "https://acme.example/", "--description", "Makers.")
    return "acme"


@pytest.fixture
def achievement(run: Run, issuer: str, tmp_path: Any) -> str:
    picture = tmp_path / "badge.png"
    picture.write_bytes(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 and so on\0\0\0\0IEND\xaeB`\x82"
    )
    about = ("--name", "Welding", "--description", "Can weld.", "--criteria", "Weld.", "--image-alt", "A flame")
    skill = ("--skill", "Welding", "https://example.org/skills/1", "A framework")
    ran = run("achievement", "add", issuer, *about, "--image", picture, *skill, "--json")
    name: str = ran.rows[0]["id"]
    return name
