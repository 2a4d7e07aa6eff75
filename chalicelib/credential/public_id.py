"""Public ids of credentials, status lists, webhooks, pathways and jobs, and ids of issuers."""

from __future__ import annotations

import re

PATTERN = "[a-z2-7]{26}"
"""130 random bits in base32 (RFC 4648, 6) without padding, in lower case."""
PUBLIC_ID = re.compile(PATTERN, re.ASCII)
ISSUER_ID = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
"""The id of an issuer, which its creator chooses."""
