"""The one place where nouns and edges meet."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from chalicelib.analytics.ports import Fallback, Journal, Salts
from chalicelib.analytics.recorder import Recorder
from chalicelib.dynamo.journal import DynamoJournal
from chalicelib.dynamo.salts import DynamoSalts
from chalicelib.dynamo.shelf import DynamoShelf
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Unavailable
from chalicelib.intake.intake import Intake
from chalicelib.lookup.host import Host
from chalicelib.lookup.lookup import Lookup
from chalicelib.lookup.ports import Shelf
from chalicelib.settings import Settings

if TYPE_CHECKING:  # a view of a credential needs none of these, and Lambda would load them before the first one
    from chalicelib.access.gate import Gate
    from chalicelib.access.ports import Post
    from chalicelib.access.providers import Providers
    from chalicelib.award.atlas import Pathways
    from chalicelib.award.awarding import Awarding
    from chalicelib.award.domains import Proving
    from chalicelib.award.export import Exporter
    from chalicelib.award.hooks import Hooks
    from chalicelib.award.jobs import Desk
    from chalicelib.award.ports import Claims, Ledger, Signer
    from chalicelib.award.tasks import Tasks
    from chalicelib.award.work import Handler
    from chalicelib.delivery import ports as mail
    from chalicelib.delivery.delivering import Delivering
    from chalicelib.net.network import Network

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]


def utc_now() -> datetime:
    """The clock of a deployment; everything else takes time as an argument."""
    return datetime.now(UTC)


class Services:
    """What the edges that come in (HTTP, jobs, command line) may use. Made by `build`; parts are made when used,
    so that a credential's page does not wait for the key service's client."""

    def __init__(self, settings: Settings, fallback: Fallback, clock: Clock, entropy: Entropy) -> None:
        self.settings = settings
        self.clock = clock
        self.entropy = entropy
        self._fallback = fallback
        self._tables = Tables(
            credentials=settings.credentials_table,
            events=settings.events_table,
            secrets=settings.secrets_table,
            region=settings.region,
        )

    @cached_property
    def shelf(self) -> Shelf:
        """What anyone may read."""
        return DynamoShelf(self._tables)

    @cached_property
    def journal(self) -> Journal:
        """Where events are stored."""
        return DynamoJournal(self._tables)

    @cached_property
    def salts(self) -> Salts:
        """The secrets of the days."""
        return DynamoSalts(self._tables)

    @cached_property
    def lookup(self) -> Lookup:
        """Opens credential links."""
        return Lookup(
            shelf=self.shelf,
            recorder=Recorder(self.journal, self._fallback),
            salts=self.salts,
            base_url=self.settings.base_url,
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def _network(self) -> Network:
        from chalicelib.net.network import Network

        return Network.made(frozenset(self.settings.fetch_allow), self.clock)

    @cached_property
    def intake(self) -> Intake:
        """Checks what strangers bring."""
        # The network's client is not made for those who only look at Laurel's own.
        from chalicelib.net.outside import Strangers

        network = self._network
        return Intake(
            shelf=self.shelf,
            lookup=self.lookup,
            outside=lambda: Strangers(network.cache, network.guard, time.monotonic),
            base_url=self.settings.base_url,
            clock=self.clock,
        )

    @cached_property
    def ledger(self) -> Ledger:
        """The issuers' side of storage."""
        from chalicelib.dynamo.ledger import DynamoLedger

        return DynamoLedger(self._tables)

    @cached_property
    def claims(self) -> Claims:
        """What each `Idempotency-Key` stands for."""
        from chalicelib.dynamo.claims import DynamoClaims

        return DynamoClaims(self._tables)

    @cached_property
    def signer(self) -> Signer:
        """The key service."""
        from chalicelib.kms.signer import KmsSigner  # its client is not made for those who only look

        return KmsSigner(self.settings.region, self.settings.stage)

    @cached_property
    def awarding(self) -> Awarding:
        """What the acts of an issuer need."""
        from chalicelib.award.awarding import Awarding

        return Awarding(self.ledger, self.signer, self.settings.base_url, self.clock, self.entropy)

    @cached_property
    def proving(self) -> Proving:
        """What the proof of a domain needs."""
        from chalicelib.award.domains import Proving
        from chalicelib.net.witness import DomainWitness  # a library that asks name servers; no other act needs it

        return Proving(self.awarding, DomainWitness(self._network.fetcher, time.monotonic), self.tasks)

    @cached_property
    def desk(self) -> Desk:
        """What issuing to many needs."""
        from chalicelib.award.jobs import Desk
        from chalicelib.dynamo.jobs import DynamoJobs  # no view of a credential issues any

        return Desk(self.awarding, DynamoJobs(self._tables))

    @cached_property
    def mail(self) -> mail.Post:
        """The mail service."""
        if not self.settings.mail_from:
            raise Unavailable("This deployment has no mail service.", code="no_post")
        from chalicelib.post.ses import SesPost  # neither its client nor its templates are made for those who only look

        return SesPost(self.settings.region, self.settings.mail_from, self.settings.mail_set)

    @cached_property
    def post(self) -> Post:
        """The way in by mail."""
        from chalicelib.delivery.sign_in import SignInPost
        from chalicelib.dynamo.delivery import DynamoDeliveries

        return SignInPost(DynamoDeliveries(self._tables), self.mail)

    @cached_property
    def delivering(self) -> Delivering:
        """What is written to holders, and what they do."""
        from chalicelib.access import limits
        from chalicelib.delivery.delivering import Delivering
        from chalicelib.dynamo.delivery import DynamoDeliveries  # no view of a credential asks for it

        return Delivering(
            store=DynamoDeliveries(self._tables),
            archive=self.ledger,
            signposts=self.pathways,
            tasks=self.tasks,
            post=lambda: self.mail,
            recorder=Recorder(self.journal, self._fallback),
            base_url=self.settings.base_url,
            clock=self.clock,
            entropy=self.entropy,
            within=partial(limits.within, self.gate),
        )

    @cached_property
    def pathways(self) -> Pathways:
        """Where pathways are stored."""
        from chalicelib.dynamo.pathways import DynamoPathways  # a view reads no more of them than its signposts

        return DynamoPathways(self._tables)

    @cached_property
    def hooks(self) -> Hooks:
        """Where hooks are stored."""
        from chalicelib.dynamo.hooks import DynamoHooks  # no view of a credential asks for them

        return DynamoHooks(self._tables)

    @cached_property
    def oidc(self) -> Providers:
        """Who else may say who somebody is."""
        from chalicelib.net.oidc import NetworkProviders

        return NetworkProviders(self._network.cache, self._network.fetcher, time.monotonic)

    @cached_property
    def gate(self) -> Gate:
        """Who asks, and what they may do."""
        from chalicelib.access.gate import Gate
        from chalicelib.dynamo.access import DynamoPasses, DynamoRegister

        return Gate(
            register=DynamoRegister(self._tables),
            passes=DynamoPasses(self._tables),
            post=lambda: self.post,
            base_url=self.settings.base_url,
            operators=self.settings.operators,
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def tasks(self) -> Tasks:
        """What is to be done later."""
        from chalicelib.dynamo.tasks import DynamoTasks  # no view of a credential has anything to be done

        return DynamoTasks(self._tables)

    @cached_property
    def exporters(self) -> Mapping[str, Exporter]:
        """What is kept of an issuer, by the word that begins its lines, in the order in which an export tells it."""
        from chalicelib.award import export  # nobody but an export asks
        from chalicelib.dynamo.archive import DynamoArchive

        register = self.gate.register
        return {
            **export.of_awards(self.ledger, DynamoArchive(self._tables), self.desk, self.pathways, self.hooks),
            "member": export.nouns(register.members, "email"),
            "token": export.nouns(register.tokens, "id", but=("digest",)),
        }

    @cached_property
    def handlers(self) -> Mapping[str, Handler]:
        """Who does which kind of task. Only the function `work` asks, so what they need is imported here."""
        from chalicelib.award import domains, issuing, jobs, rewards
        from chalicelib.delivery import handlers as letters

        handlers: dict[str, Handler] = {
            **letters.handlers(self.delivering),
            domains.KIND: partial(domains.read_anew, self.proving),
            jobs.KIND: issuing.handler(self.desk, self.tasks, self.clock),
            rewards.KIND: rewards.handler(self.awarding, self.pathways, self.tasks),
        }
        return handlers

    @cached_property
    def host(self) -> Host:
        """The deployment's own did:web."""
        return Host(self.signer, self.settings.host_key_id, self.settings.base_url, self.clock)


def build(
    settings: Settings, *, fallback: Fallback, clock: Clock = utc_now, entropy: Entropy = secrets.token_bytes
) -> Services:
    """Put everything together for ``settings``. ``fallback`` takes the events that the journal did not."""
    return Services(settings, fallback, clock, entropy)
