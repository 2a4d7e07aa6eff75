"""The declared operations, by area. Add new areas here."""

from __future__ import annotations

from tools.openapi.areas import (
    achievements,
    agents,
    analytics,
    bulk,
    catalogue,
    credentials,
    endpoints,
    hosted,
    issuers,
    operators,
    pathways,
    vc_api,
    verification,
    verifiers,
    watches,
    webhooks,
)
from tools.openapi.operation import Area

AREAS: tuple[Area, ...] = (
    verification.AREA,
    hosted.AREA,
    catalogue.AREA,
    verifiers.AREA,
    watches.AREA,
    agents.AREA,
    vc_api.AREA,
    credentials.AREA,
    achievements.AREA,
    bulk.AREA,
    pathways.AREA,
    issuers.AREA,
    webhooks.AREA,
    endpoints.AREA,
    analytics.AREA,
    operators.AREA,
)
"""In the order of the document."""
