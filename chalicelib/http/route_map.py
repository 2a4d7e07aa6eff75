"""Which module serves a URL.

A deployed function imports only the module of the URL that is requested, which shortens its cold start. A path belongs
to the module with the longest matching prefix; a test compares this table with the bound routes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType

from chalicelib.http.core.ports import Services
from chalicelib.http.core.routing import CATCH_ALL, Routes

VISITORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "public.home": ("/", CATCH_ALL),
        "public.verify": ("/v1/verify",),
        "mcp.routes": ("/mcp",),
        "batch.api": ("/v1/verify/batch",),
        "batch.page": ("/verify/batch",),
        "vc_api.routes": ("/credentials", "/presentations", "/without-issuer-binding"),
        "public.credential.credentials": ("/c/{id}", "/v1/credentials/{id}"),
        "public.privacy": ("/privacy",),
        "reference.routes": ("/openapi.json", "/docs"),
        "public.receipts.receipts": ("/r", "/c/{id}/receipt", "/.well-known/jwks.json"),
        "public.documents": ("/.well-known/did.json", "/issuers/{id}/did.json", "/status", "/images"),
        "catalogue.issuer": ("/issuers/{id}",),
        "catalogue.achievement": ("/achievements",),
        "catalogue.referral": ("/go",),
        "directory.holder_page": ("/holders/{id}",),
        "directory.credentials_frame": ("/embed/holders",),
        "directory.sitemap": ("/robots.txt", "/sitemap.xml", "/sitemaps"),
        "directory.search": ("/directory", "/v1/directory"),
        "directory.issuer_directory": ("/issuers/{id}/directory", "/embed/issuers"),
        "embed.images": ("/badge",),
        "embed.widgets": ("/embed.js", "/embed"),
        "embed.client_module": ("/client",),
        "embed.oembed": ("/oembed",),
        "embed.builder": ("/c/{id}/embed",),
        "embed.share_images": ("/c/{id}/card.png", "/c/{id}/qr.svg"),
        "embed.downloads": (
            "/c/{id}/credential.json",
            "/c/{id}/credential.jwt",
            "/c/{id}/badge.png",
            "/c/{id}/badge.svg",
            "/c/{id}/certificate.pdf",
        ),
        "embed.events": ("/v1/events",),
    }
)
"""The modules of `chalicelib.http` that serve *public* and *verify*, and the prefixes of their paths."""
ISSUERS_AND_HOLDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "directory.contact": ("/holders/{id}/contact", "/contact"),
        "directory.recruiter_page": ("/holders/{id}/more",),
        "directory.saved": ("/directory/saved", "/mail/saved"),
        "embed.wallets": ("/c/{id}/wallet",),
        "holder.holder": ("/my", "/mail/unsubscribe"),
        "holder.lost_link": ("/c/{id}/holder",),
        "holder.profile": ("/my/{token}/profile", "/my/{token}/data"),
        "holder.survey": ("/my/{token}/survey",),
        "holder.erasure": ("/mail/erasure",),
        "holder.messages": ("/mail/contact",),
        "moderation.report_form": ("/c/{id}/report",),
        "moderation.operator_list": ("/v1/visitor-reports",),
        "sign_in.email_link": ("/sign-in", "/sign-out"),
        "sign_in.oidc": ("/oidc",),
        "verifiers.developers": ("/developers",),
        "verifiers.account": ("/v1/verifier",),
        "verifiers.watches": ("/v1/watches",),
        "verifiers.watch_pages": ("/developers/{id}/watches",),
        "api.achievements": ("/v1/achievements",),
        "api.analytics": ("/v1/analytics",),
        "api.credentials": (
            "/v1/credentials",
            "/v1/credentials/{id}/correct",
            "/v1/credentials/{id}/renew",
            "/v1/credentials/{id}/revoke",
            "/v1/credentials/{id}/suspend",
            "/v1/credentials/{id}/reinstate",
        ),
        "api.domains": ("/v1/domains",),
        "api.dry_runs": ("/v1/dry-runs",),
        "api.emails": ("/v1/credentials/{id}/send",),
        "api.erasures": ("/v1/erasures",),
        "api.export": ("/v1/export",),
        "api.issuers": ("/v1/issuers",),
        "api.jobs": ("/v1/jobs",),
        "api.members": ("/v1/members", "/v1/tokens"),
        "api.outcomes": ("/v1/outcomes",),
        "api.pathways": ("/v1/pathways",),
        "api.takedowns": ("/v1/credentials/{id}/takedown", "/v1/holders/{id}/takedown"),
        "api.webhooks": ("/v1/webhooks", "/webhooks"),
        "api.endpoints": ("/v1/endpoints",),
        "api.conversions": ("/v1/conversions",),
        "console.home": ("/console.js", "/console", "/console/new"),
        "console.overview.overview": ("/console/{issuer}",),
        "console.overview.tables": ("/console/{issuer}/figures",),
        "console.overview.summary": ("/console/{issuer}/summary",),
        "console.achievements.achievements": ("/console/{issuer}/achievements",),
        "console.bulk.upload": ("/console/{issuer}/issue",),
        "console.bulk.large_check": ("/console/{issuer}/issue/checks",),
        "console.bulk.results": ("/console/{issuer}/issue/{id}",),
        "console.credentials.credentials": ("/console/{issuer}/credentials",),
        "console.outcomes.goals": ("/console/{issuer}/goals",),
        "console.outcomes.survey": ("/console/{issuer}/survey",),
        "console.outcomes.outcomes": ("/console/{issuer}/outcomes",),
        "console.pathways.pathways": ("/console/{issuer}/pathways",),
        "console.members": ("/console/{issuer}/members",),
        "console.api_keys": ("/console/{issuer}/api-keys",),
        "console.webhooks.webhooks": ("/console/{issuer}/webhooks",),
        "console.webhooks.endpoints": ("/console/{issuer}/endpoints",),
        "console.settings": ("/console/{issuer}/settings",),
        "console.branding.preview": ("/console/{issuer}/settings/preview",),
        "console.keys": ("/console/{issuer}/keys",),
        "console.domains": ("/console/{issuer}/domains",),
        "console.export": ("/console/{issuer}/export",),
        "console.erasures": ("/console/{issuer}/erasures",),
        "console.visitor_reports": ("/console/{issuer}/reports",),
    }
)
"""The same for the function *issuer*."""
VERIFY_ONLY = frozenset({"batch.api", "batch.page", "mcp.routes", "public.verify", "vc_api.routes"})
"""Those of `VISITORS` that serve only *verify*: the snapshot of *public* does not contain them."""
PREFIXES = MappingProxyType({**VISITORS, **ISSUERS_AND_HOLDERS})
NOT_FOUND = "public.home"
"""The module of the page for a URL that does not exist."""


@lru_cache(maxsize=256)  # twice the number of routes
def module_of(path: str) -> str:
    """Return the module that serves ``path``, a path with variables such as ``/c/{id}``."""
    found = [(prefix, module) for module, all_ in PREFIXES.items() for prefix in all_ if _contains(prefix, path)]
    return max(found)[1] if found else NOT_FOUND


def routes_of(module: str) -> Callable[[Services], Routes]:
    """Import ``module`` and return the function that creates its routes."""
    routes: Callable[[Services], Routes] = import_module(f"chalicelib.http.{module}").routes
    return routes


def _contains(prefix: str, path: str) -> bool:
    return path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/")
