"""View model of a credential, from which its page and its JSON are made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.catalogue.related import Recommendation
from chalicelib.credential.build import credential_url, status_list_url
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import CredentialStatus, Record
from chalicelib.reports.hosted import HostedReport
from chalicelib.verify.report import Report

if TYPE_CHECKING:
    from chalicelib.analytics.counts.view_counts import ByPeople
    from chalicelib.reports.submitted import SubmittedReport


@dataclass(frozen=True, slots=True)
class Replacement:
    """The credential that replaces another one."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Onward:
    """Links from a genuine credential to the issuer's current catalogue."""

    achievement_id: str
    enrolment: str | None
    """The token of the enrolment link."""
    recommended: tuple[Recommendation, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What Laurel's record says of a hosted credential, and so of a copy of it: not signed."""

    status: CredentialStatus
    replaced_by: Replacement | None
    corrected: bool
    """Whether it was revoked only because ``replaced_by`` is its corrected version."""


@dataclass(frozen=True, slots=True)
class HostedView:
    """Additions from Laurel's record to the report of a hosted credential.

    The record can be edited, also by the issuer, so nothing in it is proven by the signature and nothing in it is shown
    as the issuer's word: that comes from the verified view, `Report.credential`.
    """

    id: str
    url: str
    """The page at the base URL, which is also the signed id."""
    canonical_url: str
    """The page at the host of its issuer, which is what is shared."""
    api_url: str
    issuer: Issuer | None
    next_pathways: tuple[PathwayLink, ...]
    status_lists: tuple[str, ...]
    has_jwt: bool
    newest: Replacement | None = None
    """The newest version, if the one that replaced it has been replaced in turn."""
    onward: Onward | None = None
    view_counts: ByPeople | None = None
    """How often people viewed and verified it, if its holder shows it and it has been counted."""


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A credential as shown. ``report`` contains its verified contents; ``hosted`` is None for a submitted one, and
    ``recorded`` for one that Laurel does not host either."""

    report: Report
    hosted: HostedView | None = None
    recorded: Recorded | None = None
    source: str | None = None
    """The address that a submitted credential was fetched from, if any."""
    led_by: str | None = None
    """The web page that led to this address, if one did."""


def of_hosted(
    opened: HostedReport, base_url: str, newest: str | None = None, onward: Onward | None = None
) -> CredentialView:
    """Build the view of a hosted credential; ``newest`` is the id of its newest version, if it is known."""
    hosted = replace(hosted_view(opened, base_url, newest), onward=onward)
    return CredentialView(opened.report, hosted, recorded(opened.record, base_url))


def hosted_view(opened: HostedReport, base_url: str, newest: str | None = None) -> HostedView:
    """Build the additions from Laurel's record."""
    record = opened.record
    return HostedView(
        id=record.id,
        url=credential_url(base_url, record.id),
        canonical_url=credential_url(opened.issuer.pages_url(base_url) if opened.issuer else base_url, record.id),
        api_url=f"{base_url}/v1/credentials/{record.id}",
        issuer=opened.issuer,
        next_pathways=opened.next_pathways,
        status_lists=tuple(status_list_url(base_url, entry.list_id) for entry in record.entries),
        has_jwt=record.jwt is not None,
        newest=_replacement(newest, base_url) if newest and newest != record.superseded_by else None,
        view_counts=opened.view_counts.total if opened.view_counts and opened.view_counts.complete else None,
    )


def recorded(record: Record, base_url: str) -> Recorded:
    """Build what is shown of Laurel's record of a credential or of a copy of it."""
    replaced_by = record.superseded_by
    return Recorded(record.status, _replacement(replaced_by, base_url) if replaced_by else None, record.corrected)


def of_submitted(checked: SubmittedReport, base_url: str) -> CredentialView:
    """Build the view of a submitted credential; for a copy of a hosted one with what its record says."""
    record = checked.record
    return CredentialView(
        checked.report,
        recorded=recorded(record, base_url) if record is not None else None,
        source=checked.url,
        led_by=checked.page,
    )


def _replacement(credential_id: str, base_url: str) -> Replacement:
    return Replacement(credential_id, credential_url(base_url, credential_id))
