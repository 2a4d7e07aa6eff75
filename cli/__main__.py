"""Entry point. Exit codes: 0 success, 1 at least one operation failed, 2 usage or configuration error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence

from chalicelib import settings
from chalicelib.errors import LaurelError, MissingSetting
from chalicelib.services import Services, build
from cli.arguments import parser
from cli.output import UsageProblem, print_error

INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""
CUT_OFF = 141
"""128 + SIGPIPE."""


def main(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    connect: Callable[[settings.Settings], Services] | None = None,
) -> int:
    """Run one command and return its exit code. ``connect`` builds the services from the settings."""
    options = parser().parse_args(arguments)
    if getattr(options, "offline", False):
        done: int = options.handler(None, options)
        return done
    try:
        services = (connect or _connect)(settings.read(environment))
        code: int = options.handler(services, options)
        sys.stdout.flush()
    except (MissingSetting, UsageProblem) as error:
        print_error(error, options.json)
        return 2
    except LaurelError as error:
        print_error(error, options.json)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader closed the pipe (`| head`). Flushing the rest of the buffer at exit would raise again.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - open until the process ends
        return CUT_OFF
    return code


def _connect(read: settings.Settings) -> Services:
    # Powertools and Chalice take half a second to import, which `--help` does not need.
    from chalicelib.http.core.log import LogFallback

    return build(read, fallback=LogFallback())


def run() -> None:
    """Entry point of the `laurel` console script."""
    sys.exit(main(sys.argv[1:], os.environ))


if __name__ == "__main__":
    run()
