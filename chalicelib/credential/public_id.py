"""Public ids of credentials, status lists, webhooks, pathways and jobs."""

from __future__ import annotations

import re

PATTERN = "[a-z2-7]{26}"
"""130 random bits in base32 (RFC 4648, 6) without padding, in lower case."""
PUBLIC_ID = re.compile(PATTERN, re.ASCII)
