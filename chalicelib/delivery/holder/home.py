"""The credentials on the holder's page: grouped by issuer, the newest first, with the same share for every issuer.

An issuer can issue thousands of credentials to an address, so each page reads a bounded number of items, and nothing
of one issuer takes the place of anything of another.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from chalicelib.award.issuing import search
from chalicelib.award.issuing.search import Place
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import credential_url
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.credential.signed_content import issuer_as_signed, start_as_signed
from chalicelib.delivery.emails.parts.text import line
from chalicelib.delivery.holder.access import HolderAccess
from chalicelib.delivery.holder.sharing import SharedCredential
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.delivery.ports import Archive
from chalicelib.errors import NotFound

MAX_GROUPS = 10
"""Maximum issuers on one page: with `SHARE` credentials each, as many as a person scrolls through."""
SHARE = 5
"""Credentials of each issuer on a page of several issuers; its own page shows all."""
PAGE_SIZE = 25
"""Credentials on a page of one issuer, as in the console's lists."""


@dataclass(frozen=True, slots=True)
class HolderCredential:
    """One credential of the holder."""

    record: Record
    issuer: Issuer
    shared: SharedCredential
    image: str
    image_alt: str


@dataclass(frozen=True, slots=True)
class IssuerGroup:
    """Some of the holder's credentials from one issuer, newest first."""

    issuer: Issuer
    credentials: tuple[HolderCredential, ...]
    next: str | None
    """The cursor of the issuer's next page; None when there is none."""


@dataclass(frozen=True, slots=True)
class HolderHome:
    """The content of the holder's page."""

    email: str
    groups: tuple[IssuerGroup, ...]
    opens_all_issuers: bool
    """Whether the link opens the credentials of all issuers."""
    requested: bool
    """Whether Laurel sent the link because the holder requested it (`Link.requested`)."""
    next: str | None
    """The id of the last issuer on the page; None when there are no more issuers."""
    mailbox: Mailbox


@dataclass(frozen=True, slots=True)
class PageQuery:
    """The page to show: of all issuers, after the issuer ``after``, or of one issuer, before the cursor ``before``."""

    issuer_id: str | None = None
    before: str | None = None
    after: str | None = None

    def to_query(self) -> dict[str, str]:
        """The parameters of a URL that name the page."""
        named = {"issuer": self.issuer_id, "before": self.before, "after": self.after}
        return {name: value for name, value in named.items() if value is not None}


FIRST_PAGE = PageQuery()


def page(archive: Archive, base_url: str, access: HolderAccess, query: PageQuery = FIRST_PAGE) -> HolderHome:
    """Read a page. Raises `NotFound` for an issuer that the link does not open, `Malformed` (`bad_cursor`)."""
    reader = _Reader(archive, base_url, access)
    wanted = query.issuer_id or access.link.issuer_id
    if wanted is None:
        groups, following = reader.all_issuers(query.after)
    else:
        access.check_issuer(wanted)
        groups, following = reader.one_issuer(wanted, query.before), None
    link = access.link
    return HolderHome(access.email, groups, link.opens_all_issuers, link.requested, following, access.mailbox)


def own_credential(archive: Archive, base_url: str, access: HolderAccess, credential_id: str) -> HolderCredential:
    """A credential that the link opens, by two reads. Raises `NotFound`, including for one of another holder or
    issuer."""
    record = archive.record(credential_id)
    access.check_issuer(record.issuer_id)
    if archive.recipient(credential_id).email != access.email:
        raise NotFound("This is not one of your credentials.")
    return _Reader(archive, base_url, access).credential(record, archive.issuer(record.issuer_id))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads for one page; each achievement once."""

    archive: Archive
    base_url: str
    access: HolderAccess
    _achievements: dict[tuple[str, str, int], Achievement] = field(default_factory=dict)

    def all_issuers(self, after: str | None) -> tuple[tuple[IssuerGroup, ...], str | None]:
        found = self.archive.holder_issuers(self.access.email, after, MAX_GROUPS + 1)
        shown = found[:MAX_GROUPS]
        groups: list[IssuerGroup] = []
        for issuer_id in shown:
            with suppress(NotFound):
                groups.append(self._group(issuer_id, None, SHARE))
        return tuple(groups), shown[-1] if len(found) > MAX_GROUPS else None

    def one_issuer(self, issuer_id: str, before: str | None) -> tuple[IssuerGroup, ...]:
        group = self._group(issuer_id, search.decode_cursor(before) if before else None, PAGE_SIZE)
        first = self.access.link.credential_id
        if first is not None and before is None:
            # The credential of the email comes first, however many came after it.
            others = [one for one in group.credentials if one.record.id != first]
            group = IssuerGroup(group.issuer, (*self._credentials(group.issuer, [first]), *others), group.next)
        return (group,) if group.credentials else ()

    def _group(self, issuer_id: str, before: Place | None, size: int) -> IssuerGroup:
        places = self.archive.holdings(issuer_id, self.access.email, before, size + 1)
        following = search.encode_cursor(places[size - 1]) if len(places) > size else None
        issuer = self.archive.issuer(issuer_id)
        found = self._credentials(issuer, [place.credential_id for place in places[:size]])
        return IssuerGroup(issuer, found, following)

    def _credentials(self, issuer: Issuer, ids: list[str]) -> tuple[HolderCredential, ...]:
        found: list[HolderCredential] = []
        for credential_id in ids:
            with suppress(NotFound):
                found.append(self.credential(self.archive.record(credential_id), issuer))
        return tuple(found)

    def credential(self, record: Record, issuer: Issuer) -> HolderCredential:
        key = (issuer.id, record.achievement_id, record.achievement_version)
        if key not in self._achievements:
            self._achievements[key] = self.archive.achievement_version(*key)
        achievement, signed = self._achievements[key], issuer_as_signed(issuer, record.document)
        shared = SharedCredential(
            line(achievement.name, 200),
            line(signed.name, 200),
            credential_url(issuer.pages_url(self.base_url), record.id),
            record.id,
            start_as_signed(record),
            record.valid_until,
        )
        return HolderCredential(record, signed, shared, achievement.image, achievement.image_alt)
