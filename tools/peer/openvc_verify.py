"""Verify credentials with openvc-core, in an environment of its own (requirements-bench.txt); imports no Laurel.

In:  {"documents": {url: context}, "items": [{"source": text, "now": ISO 8601}]}
Out: [{"accepted": bool, "error": name of the exception, "detail": text}]
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from openvc.verify import VerificationPolicy, default_resolver, verify_credential  # type: ignore[import-not-found] # in .venv-bench


def main() -> None:
    """Answer one request from standard input."""
    resolver = default_resolver()
    answers = []
    request = json.load(sys.stdin)
    for item in request["items"]:
        source = item["source"].strip()
        policy = VerificationPolicy(now=datetime.fromisoformat(item["now"]))
        try:
            credential = json.loads(source) if source.startswith("{") else source
            verify_credential(credential, policy=policy, resolver=resolver, extra_contexts=request["documents"])
        except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
            answers.append({"accepted": False, "error": type(error).__name__, "detail": str(error)[:300]})
        else:
            answers.append({"accepted": True, "error": "", "detail": ""})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
