"""The only reader of the environment. Fails at start and names all missing variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.embed.wallets.wallet import Wallet
from chalicelib.errors import MissingSetting, Refused

_REQUIRED = (
    "STAGE", "BASE_URL", "CREDENTIALS_TABLE", "DIRECTORY_TABLE", "EVENTS_TABLE", "SECRETS_TABLE", "ERASURES_TABLE",
    "EVENT_ARCHIVE", "HOST_KEY_ID", "SHARED_KEY_ID", "RECEIPT_KEY_ID",
)  # fmt: skip

NEW_KEYS_PER_DAY = 50
"""Default of `Settings.new_keys_per_day`. A key costs a dollar a month (AWS KMS pricing), so a day of abuse that goes
unnoticed costs at most $50 a month."""

UNPROVEN_EMAILS = 500
"""25 new issuers at their own limit, and one percent of the 50,000 emails a day that Amazon SES grants a new production
account: even if all of them bounced, the account would stay below the 5% at which it is reviewed."""


EVENT_RETENTION_DAYS = 400
"""Default of `Settings.event_retention_days`: a year, plus a month to compare with the year before."""
MAX_ERASURE_DAYS = 28
"""The longest cooling-off period: a person must hear within a month what was done (GDPR, Article 12(3)), and the link
that cancels works for 30 days."""
ERASURE_DAYS = 7
"""Default of `Settings.erasure_days`: time to see the email, even after a week away."""
MIN_RETENTION_DAYS = 7
"""Long enough for counting to catch up after an outage, and for a week to be counted again."""


class Function(StrEnum):
    """The deployed functions, by their level of trust (decision 18)."""

    PUBLIC = "public"
    """Pages, documents and reports on hosted credentials: reads public items and writes events."""
    VERIFY = "verify"
    """Submitted credentials: the same rights, and outside connections on behalf of visitors."""
    ISSUER = "issuer"
    """Everything that takes a session, a token, a holder's link or a webhook's signature: writes and signs."""
    BACKGROUND = "background"
    """The scheduled and queue functions, which answer no requests."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one deployment."""

    stage: str
    base_url: str
    """Public scheme, host and port, without a trailing slash; part of every signed credential."""
    credentials_table: str
    directory_table: str
    events_table: str
    secrets_table: str
    erasures_table: str
    """What is not restored with the other tables: that something was erased."""
    event_archive: str
    """The S3 bucket of archived events."""
    host_key_id: str
    """The KMS key of the host's own did:web."""
    shared_key_id: str
    """The KMS key that signs for issuers that have no key of their own."""
    receipt_key_id: str
    """The KMS key that signs receipts, and nothing else."""
    region: str
    new_keys_per_day: int = NEW_KEYS_PER_DAY
    """How many KMS keys a day issuers may get; beyond that they sign with the shared key."""
    tracing: bool = False
    """Whether X-Ray listens: Lambda names its daemon only where tracing is active."""
    function: Function | None = None
    """Which deployed function this process is; None serves every route."""
    snapshot: bool = False
    """Whether this process is started to take a snapshot of it (Lambda SnapStart)."""
    fetch_allow: tuple[str, ...] = ()
    """``host:port`` entries that may be fetched from although their port or address is not public: see
    `chalicelib.net.fetching.guard.Guard`. For development and tests; never in production."""
    mail_from: str = ""
    """The sender address of emails; empty if no email can be sent."""
    mail_set: str = ""
    """The SES configuration set of emails, which publishes delivery notifications."""
    unproven_emails: int = UNPROVEN_EMAILS
    """Total emails per day of all unidentified issuers (no verified domain, no registration by an operator)."""
    event_retention_days: int = EVENT_RETENTION_DAYS
    """How long events are kept. Counts are kept indefinitely."""
    erasure_days: int = ERASURE_DAYS
    """How long the erasure of a person waits, and can be cancelled."""
    operators: frozenset[str] = frozenset()
    """Email addresses of the operators, in lower case."""
    report_email: str = ""
    """The address notified of visitor reports; empty for none."""
    oidc_secret: str = ""
    """The Secrets Manager secret with the OpenID Connect providers; empty if there are none."""
    google_wallet: str = ""
    """The Secrets Manager secret with the key that signs passes for Google Wallet; empty if there are none."""
    apple_wallet: str = ""
    """The same for Apple Wallet."""
    event_bus: str = ""
    """The EventBridge bus that gets events; empty for none."""
    registries: tuple[tuple[str, str], ...] = ()
    """Registries of issuers outside Laurel, by name and location, in the order of their authority; see
    `chalicelib.reports.registry_list`."""
    batch_files: str = ""
    """The S3 bucket of batches; empty where no function reads or writes them."""
    batch_queue: str = ""
    """The URL of the SQS queue whose messages start the work on a batch."""
    watch_queue: str = ""
    """The URL of the SQS queue that triggers checks of watches and their deliveries."""
    vc_api_issuing: bool = False
    """Whether the VC API signs for interoperability tests, with a key that proves nothing; never in production."""
    example: str = ""
    """The id of the credential that the home page offers as an example; empty if there is none."""

    @property
    def wallets(self) -> Mapping[Wallet, str]:
        """The wallets that passes are made for, with their secrets."""
        secrets = {Wallet.GOOGLE: self.google_wallet, Wallet.APPLE: self.apple_wallet}
        return {wallet: secret for wallet, secret in secrets.items() if secret}


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ``environment``.

    Raises `MissingSetting` naming every variable that is absent or empty, `Refused` for what production may not have.
    """
    missing = [name for name in _REQUIRED if not environment.get(name)]
    if missing:
        raise MissingSetting(f"Set these environment variables: {', '.join(missing)}.")
    fetch_allow = _listed(environment, "FETCH_ALLOW")
    if fetch_allow and environment["STAGE"] == "prod":
        raise Refused("FETCH_ALLOW allows requests to private addresses. Unset it in production.")
    return Settings(
        stage=environment["STAGE"],
        base_url=environment["BASE_URL"].rstrip("/"),
        credentials_table=environment["CREDENTIALS_TABLE"],
        directory_table=environment["DIRECTORY_TABLE"],
        events_table=environment["EVENTS_TABLE"],
        secrets_table=environment["SECRETS_TABLE"],
        erasures_table=environment["ERASURES_TABLE"],
        event_archive=environment["EVENT_ARCHIVE"],
        host_key_id=environment["HOST_KEY_ID"],
        shared_key_id=environment["SHARED_KEY_ID"],
        receipt_key_id=environment["RECEIPT_KEY_ID"],
        new_keys_per_day=_whole_number(environment, "NEW_KEYS_PER_DAY", NEW_KEYS_PER_DAY),
        region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "eu-central-1",
        tracing=bool(environment.get("AWS_XRAY_DAEMON_ADDRESS")),
        function=_function(environment.get("FUNCTION", "")),
        snapshot=environment.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start",
        fetch_allow=fetch_allow,
        mail_from=environment.get("MAIL_FROM", ""),
        mail_set=environment.get("MAIL_SET", ""),
        unproven_emails=_whole_number(environment, "UNPROVEN_EMAILS", UNPROVEN_EMAILS),
        event_retention_days=_retention(environment),
        erasure_days=_erasure_days(environment),
        operators=frozenset(_listed(environment, "OPERATORS")),
        report_email=environment.get("REPORT_EMAIL", ""),
        oidc_secret=environment.get("OIDC_SECRET", ""),
        google_wallet=environment.get("GOOGLE_WALLET_SECRET", ""),
        apple_wallet=environment.get("APPLE_WALLET_SECRET", ""),
        event_bus=environment.get("EVENT_BUS", ""),
        batch_files=environment.get("BATCH_FILES", ""),
        batch_queue=environment.get("BATCH_QUEUE", ""),
        watch_queue=environment.get("WATCH_QUEUE", ""),
        vc_api_issuing=_vc_api_issuing(environment),
        registries=_registries(environment.get("ISSUER_REGISTRIES", "")),
        example=_example(environment.get("EXAMPLE_CREDENTIAL", "")),
    )


def _function(name: str) -> Function | None:
    """Raises `Refused` (`bad_setting`) for a name that is not a function's."""
    try:
        return Function(name) if name else None
    except ValueError as error:
        raise Refused(f"FUNCTION must be one of {', '.join(Function)}, not {name!r}.", code="bad_setting") from error


def _example(credential_id: str) -> str:
    """Raises `Refused` (`bad_setting`) for what is not the id of a credential."""
    if credential_id and not PUBLIC_ID.fullmatch(credential_id):
        raise Refused(
            "EXAMPLE_CREDENTIAL must be the id of a credential, 26 characters of a-z and 2-7, "
            f"not {credential_id[:80]!r}.",
            code="bad_setting",
        )
    return credential_id


def _vc_api_issuing(environment: Mapping[str, str]) -> bool:
    """Raises `Refused`: in production, and (`bad_setting`) for anything but `on` and nothing."""
    text = environment.get("VC_API_ISSUING", "")
    if text not in ("", "on"):
        raise Refused("VC_API_ISSUING must be on or empty.", code="bad_setting")
    if text and environment["STAGE"] == "prod":
        raise Refused("VC_API_ISSUING signs whatever anyone sends. Unset it in production.")
    return bool(text)


MAX_REGISTRIES = 3
"""Each may be fetched within one request, and other documents should have time left."""


def _registries(text: str) -> tuple[tuple[str, str], ...]:
    """Registries from `name=location` pairs, separated by semicolons. Raises `Refused` (`bad_setting`)."""
    pairs = [tuple(part.strip() for part in entry.split("=", 1)) for entry in text.split(";") if entry.strip()]
    found = tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2 and all(pair))
    if (
        len(found) < len(pairs)
        or len(found) > MAX_REGISTRIES
        or any("://" in at and at[:8] != "https://" for _, at in found)
    ):
        raise Refused(
            f"ISSUER_REGISTRIES must be up to {MAX_REGISTRIES} pairs such as "
            "'Example Registry=https://registry.example/registry.json', separated by semicolons; instead of an https "
            "URL, the path of a file.",
            code="bad_setting",
        )
    return found


def _listed(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(entry.strip().lower() for entry in environment.get(name, "").split(",") if entry.strip())


def _retention(environment: Mapping[str, str]) -> int:
    """Raises `Refused` (`bad_setting`)."""
    days = _whole_number(environment, "EVENT_RETENTION_DAYS", EVENT_RETENTION_DAYS)
    if days < MIN_RETENTION_DAYS:
        raise Refused(f"EVENT_RETENTION_DAYS must be at least {MIN_RETENTION_DAYS}.", code="bad_setting")
    return days


def _erasure_days(environment: Mapping[str, str]) -> int:
    """Raises `Refused` (`bad_setting`)."""
    days = _whole_number(environment, "ERASURE_DAYS", ERASURE_DAYS)
    if days > MAX_ERASURE_DAYS:
        raise Refused(f"ERASURE_DAYS must be at most {MAX_ERASURE_DAYS}.", code="bad_setting")
    return days


def _whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    """A number of at least 0. Raises `Refused` (`bad_setting`)."""
    text = environment.get(name) or str(default)
    if not re.fullmatch("[0-9]{1,9}", text, re.ASCII):
        raise Refused(f"{name} must be a whole number of at least 0.", code="bad_setting")
    return int(text)
