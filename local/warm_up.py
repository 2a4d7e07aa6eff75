"""First requests to the deployed functions, so that no visitor waits until their workers have started."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from http import HTTPStatus

from local.aws import NotReadyError

REQUESTS = {"public": ("GET", "/"), "verify": ("POST", "/v1/verify"), "issuer": ("GET", "/sign-in")}
"""A request for each of `local.package.HANDLERS`. They record no event and send no email."""
PATIENCE = 180.0
"""Seconds for each function. A worker that takes longer than the timeout of its function is requested again."""
PAUSE = 1.0


def warm_up(api_url: str, *, patience: float = PATIENCE, pause: float = PAUSE) -> None:
    """Request each function at ``api_url`` until it responds. Raises NotReadyError after ``patience`` seconds."""
    for function, (method, path) in REQUESTS.items():
        end = time.monotonic() + patience
        while not _responds(method, f"{api_url}{path}", end - time.monotonic()):
            if time.monotonic() + pause > end:
                raise NotReadyError(f"The function {function} did not respond within {patience:.0f} seconds.")
            time.sleep(pause)


def _responds(method: str, url: str, timeout: float) -> bool:
    """Return whether there is a response other than an error of the server."""
    # With an empty body, /v1/verify responds that there is nothing to verify.
    request = urllib.request.Request(url, b"" if method == "POST" else None, {"Accept": "text/html"}, method=method)
    try:
        urllib.request.urlopen(request, timeout=max(timeout, 0.1)).close()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:  # includes a timeout
        return False
    return True
