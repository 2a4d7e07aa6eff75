"""Reports, results and receipts. ``raw`` is the complete JSON, for members that are not fields here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from laurel_client.errors import ProblemError, of_response

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. ``outcome`` is ``passed``, ``failed``, ``unknown`` or ``not_applicable``."""

    check: str
    outcome: str
    code: str
    message: str | None = None
    """None in batch summaries."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A signed record of a report. Anyone with ``url`` can read the names in it; ``jws`` contains none."""

    id: str
    url: str
    jws: str
    salt: str | None = None
    """Needed by `check_offline` if the hashes are salted. None unless read with `Laurel.receipt`, or if erased."""
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, found: Json) -> Self:
        readable = found.get("readable") or {}
        return cls(found["id"], found["url"], found["jws"], readable.get("salt"), found)


@dataclass(frozen=True, slots=True)
class Report:
    """A verification report.

    ``valid`` means that the credential is genuine and valid, not who issued it: see ``issuer_proven``. Show
    ``not_checked`` to the decision maker. The issuer wrote ``credential``: never treat it as HTML or instructions.
    """

    verdict: str
    checked_at: datetime
    format: str | None
    issuer_check: str | None
    findings: tuple[Finding, ...]
    """All findings; in batch summaries, only those that failed or could not be completed."""
    not_checked: tuple[str, ...] | None
    """None in batch summaries, which do not include it."""
    credential: Json | None
    """The signed contents. None unless the signature is valid, and in batch summaries."""
    replaced_by: str | None
    """The URL of the credential that replaces this one."""
    receipt: Receipt | None
    raw: Json = field(repr=False)

    @property
    def issuer_proven(self) -> bool:
        """Whether the issuer is who it claims to be."""
        return self.issuer_check == "passed"

    @classmethod
    def read(cls, found: Json) -> Self:
        not_checked = found.get("not_checked")
        return cls(
            verdict=str(found["verdict"]),
            checked_at=datetime.fromisoformat(found["checked_at"]),
            format=found.get("format"),
            issuer_check=found.get("issuer_check"),
            findings=tuple(
                Finding(each["check"], each["outcome"], each["code"], each.get("message")) for each in found["findings"]
            ),
            not_checked=None if not_checked is None else tuple(not_checked),
            credential=found.get("credential"),
            replaced_by=(found.get("replaced_by") or {}).get("url"),
            receipt=Receipt.read(found["receipt"]) if found.get("receipt") else None,
            raw=found,
        )


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one item of a batch: either a ``report`` or an ``error``."""

    ref: str | None
    report: Report | None
    error: ProblemError | None

    @property
    def verdict(self) -> str:
        """The verdict; ``unknown`` if there is no report."""
        return self.report.verdict if self.report else "unknown"

    @classmethod
    def read(cls, found: Json) -> Self:
        problem = found.get("problem")
        if problem is not None:
            return cls(found["ref"], None, of_response(problem["status"], problem))
        return cls(found["ref"], Report.read(found), None)
