"""What search engines may crawl: `/robots.txt`, and the sitemap, an index of files.

The sitemap lists pages of issuers that are identified, of what they offer, and of holders who allow it (the consent
"search engines"). Credentials are not in it: each is private until its holder shares it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from xml.sax.saxutils import escape

from chalice.app import Request

from chalicelib.credential.achievement import achievement_url
from chalicelib.credential.public_id import ISSUER_ID
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public
from chalicelib.http.core.routing import Routes
from chalicelib.settings import Function

SECONDS = 1800
"""How long a file is kept by this process, and how long it may then be cached. An unpublished profile returns 410
immediately, and leaves the sitemap within an hour."""
KEPT = 8
"""Files kept by a process, of 2.5 MB at most: otherwise each request by a stranger would read up to 30,000 items."""
SHARDS = "abcdefghijklmnopqrstuvwxyz234567"
"""The first characters of the random ids of holders: a file each."""
MAX_HOLDERS = 30_000
"""Maximum holders in one file, so a million in all: 2.5 MB, of at most 50,000 URLs (sitemaps.org) and 6 MB (Lambda)."""
ISSUERS = 50
"""Issuers in one file: with a read of what each offers, it takes half a second."""
ACHIEVEMENTS = 100
"""Achievements of one issuer in the sitemap; its page links to the others."""
MAX_ISSUERS = 50_000
"""Maximum issuers in the index: a thousand files."""
PRIVATE = ("/console", "/my/", "/mail/", "/sign-in", "/go/", "/v1/", "/directory/listings/")
"""Paths that crawlers must not request. Pages that they may read but not list have `noindex`."""
_XML = "application/xml"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_FILE = re.compile(r"(?:holders-([a-z2-7])|issuers(?:-after-([a-z0-9-]{1,64}))?)\.xml", re.ASCII)


def routes(services: Services) -> Routes:
    """Create the routes `/robots.txt`, `/sitemap.xml` and `/sitemaps/{file}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/robots.txt", access=PUBLIC)
    def robots(request: Request) -> Reply:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), f"Sitemap: {bound.base_url}/sitemap.xml"]
        return public(request, Reply("\n".join(lines) + "\n", "text/plain"), SECONDS)

    @bound.bind("/sitemap.xml", access=PUBLIC)
    def index(request: Request) -> Reply:
        return public(request, Reply(kept(None, period()), _XML), SECONDS)

    @bound.bind("/sitemaps/{file}", access=PUBLIC)
    def part(request: Request, file: str) -> Reply:
        return public(request, Reply(kept(file, period()), _XML), SECONDS)

    def period() -> int:
        return int(services.catalogue.clock().timestamp()) // SECONDS

    @lru_cache(maxsize=KEPT)
    def kept(file: str | None, _period: int) -> str:
        return _index(services) if file is None else _part(services, file)

    return bound


def _index(services: Services) -> str:
    names = (*(f"holders-{shard}" for shard in SHARDS), *_issuer_files(services))
    urls = (f"{services.settings.base_url}/sitemaps/{name}.xml" for name in names)
    return _document("sitemapindex", "sitemap", urls)


def _part(services: Services, file: str) -> str:
    """A file of the sitemap. Raises `NotFound`, `Unavailable`."""
    match = _FILE.fullmatch(file)
    if match is None or (match[2] and not ISSUER_ID.fullmatch(match[2])):
        raise NotFound("no such file")
    urls = _holders(services, match[1]) if match[1] else _issuers(services, match[2] or "")
    return _document("urlset", "url", urls)


def _issuer_files(services: Services) -> Iterator[str]:
    ids = services.catalogue.store.issuer_ids("", MAX_ISSUERS)
    if ids:
        yield "issuers"
    yield from (f"issuers-after-{ids[at - 1]}" for at in range(ISSUERS, len(ids), ISSUERS))


def _holders(services: Services, shard: str) -> Iterator[str]:
    found = services.published_store.listed(shard, services.catalogue.clock(), MAX_HOLDERS)
    return (f"{services.settings.base_url}/holders/{holder_id}" for holder_id in found)


def _issuers(services: Services, after: str) -> Iterator[str]:
    """The pages of the identified ones of the next issuers, and of what they offer."""
    store, base_url, now = services.catalogue.store, services.settings.base_url, services.catalogue.clock()
    for issuer in store.issuers(store.issuer_ids(after, ISSUERS)):
        if issuer.identified(now):
            yield f"{base_url}/issuers/{issuer.id}"
            for entry in store.entries(issuer.id, "", ACHIEVEMENTS):
                yield achievement_url(base_url, entry.id)


def _document(root: str, entry: str, urls: Iterable[str]) -> str:
    entries = "".join(f"<{entry}><loc>{escape(url)}</loc></{entry}>\n" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n{entries}</{root}>\n'
