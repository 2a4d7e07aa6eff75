"""Page of a receipt, made for print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

from chalicelib.credential import dates
from chalicelib.credential.build import credential_url
from chalicelib.http.html import text
from chalicelib.http.public.credential import presentation_text, verdict_text
from chalicelib.http.public.credential.check_list import Row, Unreached, check_list
from chalicelib.language import phrase_json
from chalicelib.language.phrase import phrase
from chalicelib.receipts import jws
from chalicelib.receipts.keys import PATH
from chalicelib.receipts.receipt import Json, Receipt, receipt_url
from chalicelib.receipts.unchecked import PHRASES
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.report import Contained, Evidence, Finding, Outcome, Report, Verdict

_HASHES = {
    "submitted": phrase("Input, exactly as it was sent"),
    "document": phrase("Credential, exactly as it was checked"),
    "url": phrase("Address of the credential"),
}
_POLICY = {
    "recipient": phrase("whether it was issued to a certain email address"),
    "challenge": phrase("whether its holder signed a certain challenge"),
    "domain": phrase("whether its holder signed it for a certain domain"),
}


@dataclass(frozen=True, slots=True)
class Hash:
    """A hash in the receipt and what it is of."""

    label: str
    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """What was found about a credential, and about each one inside it."""

    headline: str
    credential: Json | None
    """Its name, holder, issuer and dates; None if its contents were not proven, or after they were erased."""
    named: bool
    """Whether the name of its issuer was confirmed."""
    rows: tuple[Row, ...]
    unreached: Unreached | None
    not_checked: tuple[str, ...]
    keys: tuple[Hash, ...]
    contained: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Template context of the page."""

    url: str
    jws: str
    kid: str
    algorithm: str
    keys_url: str
    deployment: str
    software: str
    made_at: datetime
    checked_at: datetime
    was_valid: bool
    erased: bool
    again: str
    """Where to check the credential again."""
    source: str | None
    """The address that the credential was read from, until it was erased."""
    led_by: str | None
    recipient: str | None
    challenge: str | None
    domain: str | None
    policy: tuple[str, ...]
    hashes: tuple[Hash, ...]
    salt: str | None
    part: Part


def page_of(receipt: Receipt, base_url: str) -> Page:
    """Build the page. It shows the signed part, and beside it the readable part, unless that was erased."""
    claims, readable = jws.claims_of(receipt.jws), receipt.readable or {}
    return Page(
        url=receipt_url(base_url, receipt.id),
        jws=receipt.jws,
        kid=jws.kid_of(receipt.jws),
        algorithm=Algorithm.ES256.value,
        keys_url=f"{claims['iss']}{PATH}",
        deployment=claims["iss"],
        software=claims["software"],
        made_at=datetime.fromtimestamp(claims["iat"], UTC),
        checked_at=dates.parse(claims["checked_at"]),
        was_valid=claims["verdict"] == Verdict.VALID,
        erased=receipt.readable is None,
        again=_again(readable.get("url"), base_url),
        source=text.optional_text(readable.get("url")),
        led_by=text.optional_text(readable.get("page")),
        recipient=text.optional_text(readable.get("recipient")),
        challenge=text.optional_text(readable.get("challenge")),
        domain=text.optional_text(readable.get("domain")),
        policy=tuple(words for name, words in _POLICY.items() if claims["policy"].get(name)),
        hashes=tuple(
            _hash(words, claims["request"][name]) for name, words in _HASHES.items() if name in claims["request"]
        ),
        salt=readable.get("salt"),
        part=_part(report_of(claims, readable), claims, readable),
    )


def _again(url: str | None, base_url: str) -> str:
    """The page of a credential hosted here; for any other, the home page: a link to it could lead anywhere."""
    return url if url is not None and url.startswith(credential_url(base_url, "")) else f"{base_url}/"


def _part(report: Report, claims: Json, readable: Json) -> Part:
    inner = claims.get("contained", [])
    shown = readable.get("contained") or [{} for _ in inner]
    listed = check_list(report)
    reached = [*listed.attention, *listed.settled]
    credential = readable.get("credential")
    return Part(
        headline=_headline(report),
        credential=None
        if credential is None
        else {name: text.optional_text(each) for name, each in credential.items()},
        named=verdict_text.issuer_proven(report),
        rows=tuple(sorted(reached, key=lambda row: row.number)),
        unreached=listed.unreached,
        not_checked=report.not_checked,
        keys=tuple(_hash(phrase("Key of the signature"), each) for each in claims["keys"]),
        contained=tuple(
            _part(each.report, signed, words)
            for each, signed, words in zip(report.contained, inner, shown, strict=True)
        ),
    )


def _headline(report: Report) -> str:
    if report.is_presentation:
        return presentation_text.text_of(report).headline
    return verdict_text.verdict_text(report).headline


def report_of(claims: Json, readable: Json) -> Report:
    """The report as it was, as far as it was kept: without its contents, and without sentences after they were
    erased."""
    inner = claims.get("contained", [])
    words = readable.get("contained") or [{} for _ in inner]
    nothing = [None] * len(claims["findings"])
    messages, urls = readable.get("messages", nothing), readable.get("evidence", nothing)
    return Report(
        verdict=Verdict(claims["verdict"]),
        checked_at=dates.parse(claims["checked_at"]),
        format=claims["format"],
        credential=None,
        findings=tuple(
            _finding(found, messages[number], urls[number]) for number, found in enumerate(claims["findings"])
        ),
        not_checked=tuple(PHRASES[code] for code in claims["not_checked"] if code in PHRASES),
        contained=tuple(
            Contained(each["kind"], report_of(each, shown)) for each, shown in zip(inner, words, strict=True)
        ),
    )


def _finding(found: Json, message: phrase_json.Json | None, urls: Sequence[str] | None) -> Finding:
    evidence = tuple(
        Evidence(url or "", dates.parse(each["fetched_at"]), each.get("sha256") or each["salted_sha256"])
        for each, url in zip_longest(found["evidence"], urls or (), fillvalue=None)
        if each is not None
    )
    sentence = "" if message is None else text.sentence(phrase_json.read(message))
    outcome = Outcome(found["outcome"])
    return Finding(found["number"], found["check"], outcome, found["code"], sentence, evidence)


def _hash(label: str, written: Json) -> Hash:
    name, value = next(iter(written.items()))
    return Hash(label, {"sha256": "SHA-256", "spki_sha256": "SHA-256", "salted_sha256": "SHA-256, salted"}[name], value)
