"""Run one command. Exit codes: 0 success, 1 at least one operation failed, 2 usage or configuration error."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
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
LOCAL_SETTINGS = 'For the local stack: eval "$(make -s env)"'


def main(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    connect: Callable[[settings.Settings], Services] | None = None,
) -> int:
    """Run one command and return its exit code. ``connect`` builds the services from the settings."""
    options = _parsed(arguments)
    offline = getattr(options, "offline", False)
    try:
        services = None if offline else (connect or _connect)(settings.read(environment))
        code: int = options.handler(services, options)
        sys.stdout.flush()
    except MissingSetting as error:
        print_error(MissingSetting(f"{error.detail} {LOCAL_SETTINGS}"), options.json)
        return 2
    except UsageProblem as error:
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


def _parsed(arguments: Sequence[str]) -> Namespace:
    """Parse the command line. Exit with 2 after a usage error, and after printing the help if there is no command."""
    options, unknown = parser().parse_known_args(arguments)
    if unknown:
        # argparse would report these with the usage of `laurel` instead of that of the command.
        options.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if not hasattr(options, "handler"):
        options.parser.print_help(sys.stderr)
        options.parser.exit(2)
    return options


def _connect(read: settings.Settings) -> Services:
    # Powertools and Chalice take half a second to import, which `--help` does not need.
    from chalicelib.http.core.log import LogFallback

    return build(read, fallback=LogFallback())
