"""Entry point of the `laurel` command and of `python -m cli`.

It imports nothing but the standard library at first, so that a Python without Laurel's packages gets one sentence
instead of a traceback.
"""

from __future__ import annotations

import os
import sys

PACKAGES = ("chalicelib", "cli")
"""Our own packages: if one of their modules is missing, that is an error in Laurel and not a missing installation."""
OLDEST = (3, 11)


def run() -> None:
    """Run the command line and exit with its code."""
    if sys.version_info < OLDEST:
        sys.exit(_unusable("laurel needs Python 3.11 or newer"))
    try:
        from cli.main import main
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in PACKAGES:
            raise
        sys.exit(_unusable(f"the package {error.name} is not installed"))
    sys.exit(main(sys.argv[1:], os.environ))


def _unusable(reason: str) -> int:
    """Print why this Python cannot run Laurel and what to do; return the exit code."""
    sys.stderr.write(f"error: {reason} in {sys.executable}: run `make venv`, then use `.venv/bin/laurel`.\n")
    return 2


if __name__ == "__main__":
    run()
