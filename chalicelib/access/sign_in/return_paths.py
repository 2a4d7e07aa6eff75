"""The path to open after signing in: only a path of this deployment."""

from __future__ import annotations

import re

HOME = "/console"
OWN_CREDENTIALS = "/console?for=holder"
"""The page on which a holder requests the link to all of their credentials."""
MAX = 500

_LOCAL = re.compile(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*", re.ASCII)
"""A path on this host, optionally with a query. It must not start with two slashes, which would name another host, or
contain a backslash, which browsers read as a slash."""


def local_path_or_default(text: str) -> str:
    """``text`` if it is a local path, otherwise the default page."""
    return text if len(text) <= MAX and _LOCAL.fullmatch(text) else HOME
