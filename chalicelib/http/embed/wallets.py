"""Passes of a credential for phone wallets, below `/c/{id}/wallet/`.

The issuer function serves them: it is the only one that holds signing keys (decision 25).
"""

from __future__ import annotations

from dataclasses import replace

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.award.images import default_badge
from chalicelib.award.input import colours
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.embed import texts
from chalicelib.embed.wallets.apple import MEDIA_TYPE
from chalicelib.embed.wallets.wallet import Wallet
from chalicelib.embed.wallets.wallet_pass import WalletPass
from chalicelib.errors import NotFound, Refused
from chalicelib.http.core import log
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed.badge_of import of_page
from chalicelib.http.html import request_language
from chalicelib.http.input import request_context
from chalicelib.http.public.credential.credential_page import page_of
from chalicelib.http.public.credential.credential_view import of_hosted
from chalicelib.language.translation import ENGLISH, Translation, translation
from chalicelib.reports.hosted import HostedReport
from chalicelib.settings import Function
from chalicelib.verify.report import Verdict

MISSING = "There is no credential with this id, or this service does not offer passes for this wallet."
NO_INDEX = {"X-Robots-Tag": "noindex, nofollow"}
NOT_PROVEN = "Passes are only available for credentials from an issuer whose identity is proven."
NOT_VALID = "Passes are only available for valid credentials. The page of this credential says why it is not valid."


def routes(services: Services) -> Routes:
    """Create the routes `/c/{id}/wallet/{wallet}`."""
    bound = Routes(__name__, services, Function.ISSUER)

    @bound.bind("/c/{id}/wallet/google", access=PUBLIC, missing=MISSING)
    def google(request: Request, credential_id: str) -> Reply:
        opened = _open(services, request, credential_id, Wallet.GOOGLE)
        link = services.wallets.google_link(
            pass_of(opened, bound.base_url, translation(request_language.current().code)), opened.report.checked_at
        )
        return Reply("", "text/plain", 303, uncached(**{"Location": link, **NO_INDEX}))

    @bound.bind("/c/{id}/wallet/apple", access=PUBLIC, missing=MISSING)
    def apple(request: Request, credential_id: str) -> Reply:
        opened = _open(services, request, credential_id, Wallet.APPLE)
        content = services.wallets.apple_file(
            pass_of(opened, bound.base_url, translation(request_language.current().code))
        )
        name = f'attachment; filename="credential-{credential_id}.pkpass"'
        return Reply(content, MEDIA_TYPE, headers=uncached(**{"Content-Disposition": name, **NO_INDEX}))

    return bound


def _open(services: Services, request: Request, credential_id: str, wallet: Wallet) -> HostedReport:
    """Open the credential and record the download. Raises `NotFound`, `Unavailable`."""
    services.wallets.require(wallet)
    if not PUBLIC_ID.fullmatch(credential_id):
        raise NotFound("no such credential")
    visit = request_context.visit_from_request(request, Kind.DOWNLOAD)
    if visit is not None:
        visit = replace(visit, target=f"{wallet}_wallet")
    opened = services.hosted_reports.open(credential_id, visit)
    if visit is not None:
        log.answered(Kind.DOWNLOAD, opened.report.verdict)
    return opened


def pass_of(opened: HostedReport, base_url: str, language: Translation = ENGLISH) -> WalletPass:
    """Build the pass of ``opened``. Raises `Refused` unless it is valid."""
    page = page_of(of_hosted(opened, base_url), base_url)
    view, facts = of_page(page, opened, base_url), page.facts
    if opened.report.verdict is not Verdict.VALID or view.claims is None or facts is None:
        raise Refused(NOT_VALID)
    if facts.issuer.caution is not None:
        raise Refused(NOT_PROVEN)  # a wallet shows who signed the pass, which is this service, before the issuer
    accent = colours.readable_or_default(facts.issuer.recorded.accent if facts.issuer.recorded else None)
    return WalletPass(
        id=view.id,
        # At the base URL, because a pass on a phone outlives the host of an issuer.
        url=page.url or "",
        title=view.claims.title,
        holder=view.claims.holder,
        issuer=texts.issued_by(view.claims),
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        colour=accent,
        image=view.claims.image,
        drawing=default_badge.draw_letters("", accent),
        language=language,
    )
