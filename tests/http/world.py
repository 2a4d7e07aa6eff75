"""A small Laurel in memory with a credential of every kind: the real nouns over fakes of the ports."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import NoReturn

from chalicelib.access import limits
from chalicelib.access.gate import Gate
from chalicelib.access.providers import Provider
from chalicelib.analytics.recorder import Recorder
from chalicelib.award import achievements, export, issue, issuers, standing
from chalicelib.award.awarding import Awarding
from chalicelib.award.domains import Proving
from chalicelib.award.export import Exporter
from chalicelib.award.jobs import Desk
from chalicelib.credential.achievement import Skill
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.record import Record
from chalicelib.delivery.delivering import Delivering
from chalicelib.errors import Unavailable
from chalicelib.intake.intake import Intake
from chalicelib.lookup.host import Host
from chalicelib.lookup.lookup import Lookup
from chalicelib.settings import Settings
from chalicelib.verify.ports import Controller, Controllers, Fetched, StatusLists
from tests import fake_jobs, fakes, makers
from tests.access import fakes as access_fakes
from tests.delivery import fakes as letter_fakes
from tests.fake_archive import Archive
from tests.paths import fakes as paths_fakes

BASE_URL = "http://localhost:8000"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

KINDS = (
    "valid",
    "expired",
    "not_yet_valid",
    "revoked",
    "suspended",
    "tampered",
    "wrong_signer",
    "unreachable_status",
)
VERDICTS = {"tampered": "invalid", "wrong_signer": "invalid", "unreachable_status": "unknown"}
"""The verdict of each kind that is not named as its verdict."""


def id_of(kind: str) -> str:
    """The public id of the credential of ``kind``: fixed, so that a page's picture can be compared."""
    return kind.replace("_", "").ljust(26, "2")


@dataclass
class Outside:
    """`intake.ports.Outside` from dictionaries; what is in none of them is unavailable with ``fault``."""

    pages: dict[str, bytes] = field(default_factory=dict)
    issuers: dict[str, Controller] = field(default_factory=dict)
    fault: tuple[str, str] = ("dns_failed", "No web server of that name can be found.")
    asked: list[str] = field(default_factory=list)

    @property
    def controllers(self) -> Controllers:
        return self

    @property
    def status_lists(self) -> StatusLists:
        return self

    def find(self, did: str, kid: str | None = None) -> Controller:
        return self.issuers.get(did) or self._nothing()

    def fetch(self, url: str) -> Fetched:
        return self.credential(url)

    def credential(self, url: str) -> Fetched:
        self.asked.append(url)
        return Fetched(url, self.pages[url], NOW) if url in self.pages else self._nothing()

    def _nothing(self) -> NoReturn:
        code, detail = self.fault
        raise Unavailable(detail, code=code)


@dataclass
class Laurel:
    """What `chalicelib.services.Services` offers to the routes, over fakes."""

    base_url: str = BASE_URL
    ledger: fakes.Shelf = field(default_factory=fakes.Shelf)
    journal: fakes.Journal = field(default_factory=fakes.Journal)
    fallback: fakes.Fallback = field(default_factory=fakes.Fallback)
    signer: fakes.Signer = field(default_factory=fakes.Signer)
    outside: Outside = field(default_factory=Outside)
    now: datetime = NOW
    register: access_fakes.Register = field(default_factory=access_fakes.Register)
    passes: access_fakes.Passes = field(default_factory=access_fakes.Passes)
    mailed: access_fakes.Post = field(default_factory=access_fakes.Post)
    operators: frozenset[str] = frozenset({"op@laurel.example"})
    tasks: fakes.Tasks = field(default_factory=fakes.Tasks)
    pathways: paths_fakes.Pathways = field(default_factory=paths_fakes.Pathways)
    hooks: paths_fakes.Hooks = field(default_factory=paths_fakes.Hooks)

    oidc_providers: tuple[Provider, ...] = ()
    oidc: access_fakes.Providers = field(default_factory=access_fakes.Providers)
    witness: fakes.Witness = field(default_factory=fakes.Witness)

    letters: letter_fakes.Store = field(default_factory=letter_fakes.Store)
    post: letter_fakes.Post = field(default_factory=letter_fakes.Post)

    def __post_init__(self) -> None:
        self._counter = itertools.count(1)
        self.shelf: object = self.ledger
        self.ledger.register = self.register
        self.ledger.signposts = self.pathways.posts

    @cached_property
    def settings(self) -> Settings:
        plain = Settings("test", self.base_url, "credentials", "events", "secrets", "key-1", "eu-central-1")
        return replace(plain, oidc_providers=self.oidc_providers)

    @property
    def lookup(self) -> Lookup:
        return Lookup(
            shelf=self.shelf,  # type: ignore[arg-type]
            recorder=Recorder(self.journal, self.fallback),
            salts=self.ledger.salts,
            base_url=self.base_url,
            clock=lambda: self.now,
            entropy=self.entropy,
        )

    @property
    def intake(self) -> Intake:
        return Intake(self.shelf, self.lookup, lambda: self.outside, self.base_url, lambda: self.now)  # type: ignore[arg-type]

    @cached_property
    def host(self) -> Host:
        return Host(self.signer, self.signer.create("host").handle, self.base_url, lambda: self.now)

    @property
    def awarding(self) -> Awarding:
        return Awarding(self.ledger, self.signer, self.base_url, lambda: self.now, self.entropy)

    @property
    def delivering(self) -> Delivering:
        return Delivering(
            store=self.letters,
            archive=self.ledger,
            signposts=self.pathways,
            tasks=self.tasks,
            post=lambda: self.post,
            recorder=Recorder(self.journal, self.fallback),
            base_url=self.base_url,
            clock=lambda: self.now,
            entropy=self.entropy,
            within=partial(limits.within, self.gate),
        )

    @property
    def proving(self) -> Proving:
        return Proving(self.awarding, self.witness, self.tasks)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.awarding, fake_jobs.Jobs(self.tasks))

    @property
    def exporters(self) -> dict[str, Exporter]:
        archive = Archive(self.ledger)
        return {
            **export.of_awards(self.ledger, archive, self.desk, self.pathways, self.hooks),
            "member": export.nouns(self.register.members, "email"),
            "token": export.nouns(self.register.tokens, "id", but=("digest",)),
        }

    @cached_property
    def claims(self) -> fakes.Claims:
        return fakes.Claims()

    @property
    def gate(self) -> Gate:
        return Gate(
            register=self.register,
            passes=self.passes,
            post=lambda: self.mailed,
            base_url=self.base_url,
            operators=self.operators,
            clock=lambda: self.now,
            entropy=self.entropy,
        )

    def entropy(self, size: int) -> bytes:
        """Different at each call and the same at each run."""
        return hashlib.shake_256(next(self._counter).to_bytes(8)).digest(size)

    def url(self, kind: str) -> str:
        return f"/c/{id_of(kind)}"

    def put(self, record: Record) -> Record:
        """Store ``record`` as it is, over another one if need be: what storage holds is not always what was issued."""
        self.ledger._records[record.id] = record
        return record


def seeded(base_url: str = BASE_URL) -> Laurel:
    """Fernhill College with one credential of each kind, its JWT beside the valid one."""
    laurel = Laurel(base_url)
    laurel.now = NOW - timedelta(days=400)
    college = issuers.NewIssuer(
        "fernhill", "Fernhill College", "https://fernhill.example/", "Evening courses by the river since 1921."
    )
    issuers.found(laurel.awarding, college, registered=True)
    achievement = achievements.add(
        laurel.awarding,
        achievements.NewAchievement(
            issuer_id="fernhill",
            name="Data analysis in practice",
            description="Plans, cleans, analyses and presents a data set of public interest.",
            criteria="Completed twelve evenings.\n\nHanded in:\n- a plan\n- a clean data set\n- a talk of ten minutes",
            picture=picture(),
            picture_alt="A bar chart",
            skills=(
                Skill("Python", "https://skills.example/python", "Example framework", "P-1"),
                Skill("statistics", "https://skills.example/statistics", "Example framework"),
            ),
            kind="Course",
        ),
    )
    award = issue.Award(
        "fernhill",
        achievement.id,
        Holder("Ada Nwosu", "ada@example.org", "did:example:ada"),
        evidence=(EvidenceLink("https://portfolio.example/ada", "Talk: the river in numbers", "Recorded on stage."),),
    )
    for kind in KINDS:
        validity = _validity(kind)
        issue.issue(laurel.awarding, replace(award, credential_id=id_of(kind), jwt=kind == "valid", **validity))
    laurel.now = NOW - timedelta(days=3)
    standing.revoke(laurel.awarding, "fernhill", id_of("revoked"), "Issued to the wrong person.")
    standing.suspend(laurel.awarding, "fernhill", id_of("suspended"), "An appeal is being heard.")
    laurel.now = NOW
    _spoil(laurel)
    return laurel


def _validity(kind: str) -> dict[str, datetime]:
    return {
        "expired": {"valid_until": NOW - timedelta(days=10)},
        "not_yet_valid": {"valid_from": NOW + timedelta(days=30)},
        "valid": {"valid_until": NOW + timedelta(days=700)},
    }.get(kind, {})


def _spoil(laurel: Laurel) -> None:
    tampered = laurel.ledger.record(id_of("tampered"))
    laurel.put(replace(tampered, document=tampered.document.replace(b"Ada Nwosu", b"Eve Malory")))
    forged = laurel.ledger.record(id_of("wrong_signer"))
    unsigned = {name: value for name, value in json.loads(forged.document).items() if name != "proof"}
    laurel.put(replace(forged, document=makers.as_bytes(makers.signed(unsigned, makers.OTHER_KEY))))
    lost = laurel.ledger.record(id_of("unreachable_status"))
    laurel.put(replace(lost, entries=()))


def hostile(laurel: Laurel, document: dict[str, object], credential_id: str = "h" * 26) -> Record:
    """Store ``document`` as signed by an issuer with a did:key of its own: nothing hinders it to sign what it likes.

    It gets no status: its lists would have to be signed by the same key.
    """
    document = {name: value for name, value in document.items() if name != "credentialStatus"}
    signed = makers.as_bytes(makers.signed(document))
    record = replace(laurel.ledger.record(id_of("valid")), id=credential_id, document=signed, entries=(), jwt=None)
    return laurel.put(record)


def picture() -> bytes:
    """A small PNG: bars on a light ground."""
    width = 64

    def pixel(x: int, y: int) -> bytes:
        return b"\x0a\x66\x40" if width - y < 10 + x // 12 * 9 and x % 12 > 2 else b"\xee\xf3\xf0"

    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(width))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = width.to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
