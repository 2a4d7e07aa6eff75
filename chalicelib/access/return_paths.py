"""Where to go after signing in: a page of ours, and nothing else."""

from __future__ import annotations

import re

HOME = "/console"
MAX = 500

_LOCAL = re.compile(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*", re.ASCII)
"""A path of this host, perhaps with a query; no second slash at its start, which would name another host, and no
backslash, which browsers read as a slash."""


def local(text: str) -> str:
    """``text`` if it is such a path; else where everybody starts."""
    return text if len(text) <= MAX and _LOCAL.fullmatch(text) else HOME
