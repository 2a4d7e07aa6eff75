"""Serve the VC API on one port of this machine, for the public test suites of the W3C (see docs/verification.md).

    python -m tests.conformance.vc_api_server 8123 localConfig.cjs 2> requests.log

The routes and the verification are those that ship; stores and the network are in memory, so only issuers with a
`did:key` or `did:jwk` resolve. It writes a configuration for the suites to the file that is named, and each request
with
its response to standard error. It runs until it is interrupted. Its certificate is its own: the suites accept any.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from chalicelib.award import interop_issuer
from chalicelib.credential import vocabulary
from chalicelib.http.vc_api.routes import UNBOUND
from tests.http.fake_laurel import Laurel, seeded
from tests.http.gateway import Gateway
from tests.net.certificates import Authority

DATA_MODEL, SELECTIVE = "vc2.0", "ecdsa-sd-2023"
"""The tag of endpoints for the suite of the data model; and a suite that Laurel verifies and does not sign with."""


def configuration(address: str, base_url: str) -> dict[str, object]:
    """Return what the suites read: the endpoints at ``address``, and which cryptosuites each of them supports.

    The keys of the test issuer follow from ``base_url``. The suites sign with keys that are not those of the issuers
    that their documents name, so the endpoints without issuer binding verify.
    """
    issuers = [
        {
            "id": interop_issuer.did(base_url, suite),
            "endpoint": f"{address}/credentials/issue/{suite}",
            # It signs JSON, so it can sign the terms that the suite of the data model defines in its documents.
            "tags": [suite, DATA_MODEL] if suite == vocabulary.EDDSA_JCS_2022 else [suite],
            **_supporting("P-256"),
        }
        for suite in interop_issuer.SUITES
    ]
    verifiers, presentation_verifiers = (
        [
            {
                "id": "did:example:verifier",
                "endpoint": f"{address}{UNBOUND}/{kind}/verify",
                "tags": [DATA_MODEL, SELECTIVE, *interop_issuer.SUITES],
                **_supporting("P-256", "P-384"),
            }
        ]
        for kind in ("credentials", "presentations")
    )
    laurel = {
        "name": "Laurel",
        "implementation": "Laurel",
        "issuers": issuers,
        "verifiers": verifiers,
        "vpVerifiers": presentation_verifiers,
    }
    return {
        "settings": {"enableInteropTests": False, "testAllImplementations": False},
        "implementations": [laurel],
    }


def _supporting(*curves: str) -> dict[str, object]:
    return {"supportedEcdsaKeyTypes": list(curves), "supports": {"vc": ["1.1", "2.0"]}}


def handler(laurel: Laurel) -> type[BaseHTTPRequestHandler]:
    """Return a handler of requests to ``laurel``, whose clock shows the time of this machine."""
    client = Gateway.over(laurel)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            laurel.now = datetime.now(UTC)
            laurel.rate_store.free_at.clear()  # the suites send more in a minute than one address may
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            response = client.post(self.path, body)
            sys.stderr.write(f"{self.path} {response.status} {response.text} <- {body.decode('utf-8', 'replace')}\n")
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Write nothing here: `do_POST` writes the request and the response."""

    return Handler


def main() -> None:
    """Serve until interrupted."""
    port = int(sys.argv[1])
    laurel = seeded()
    server = HTTPServer(("127.0.0.1", port), handler(laurel))
    with tempfile.TemporaryDirectory() as folder:
        context = Authority().server(Path(folder), "localhost")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    written = json.dumps(configuration(f"https://localhost:{port}", laurel.settings.base_url), indent=2)
    Path(sys.argv[2]).write_text(f"module.exports = {written};\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
