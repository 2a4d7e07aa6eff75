"""Public ids of credentials, status lists, webhooks, pathways and jobs, and ids of issuers."""

from __future__ import annotations

import re

PATTERN = "[a-z2-7]{26}"
"""130 random bits in base32 (RFC 4648, 6) without padding, in lower case."""
PUBLIC_ID = re.compile(PATTERN, re.ASCII)
ACHIEVEMENT_PATTERN = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""A UUID in lower case."""
ACHIEVEMENT_ID = re.compile(ACHIEVEMENT_PATTERN, re.ASCII)
ISSUER_ID = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
"""The id of an issuer, which its creator chooses."""
