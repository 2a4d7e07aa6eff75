"""Write `tests/corpus/cases`: a folder for each case. Prints the cases that Laurel answers differently."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.corpus.generate import documents, key_bindings, others, proofs, status, tokens
from tests.corpus.generate.case import Case
from tests.corpus.laurel import CASES, Answer, answer


def cases() -> Iterator[Case]:
    """Yield every case."""
    for module in (documents, proofs, tokens, key_bindings, status, others):
        yield from module.cases()


def files(case: Case) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of every file of the folder."""
    answered = laurel(case)
    web = {}
    for url, page in case.web.items():
        if page.status != 200:
            web[url] = {"status": page.status}
            continue
        web[url] = {"file": f"web-{page.name}"}
        yield f"web-{page.name}", page.body
    described = {
        "title": case.title,
        "clause": case.clause,
        "file": case.file,
        "now": case.now.isoformat(),
        "options": dict(case.options),
        "web": web,
        "valid": case.verdict == "valid",
        "verdict": case.verdict,
        "check": case.check,
        "codes": answered.codes,
        "signed_by": case.signed_by,
    }
    yield case.file, case.source
    yield "case.json", json.dumps(described, indent=1, ensure_ascii=False).encode() + b"\n"


def laurel(case: Case) -> Answer:
    """Return Laurel's answer."""
    pages = {url: page.body if page.status == 200 else page.status for url, page in case.web.items()}
    return answer(case.source, pages, case.now, dict(case.options))


def differs(case: Case, answered: Answer) -> bool:
    """Whether Laurel answers otherwise than the case expects."""
    return answered.verdict != case.verdict or (case.check != "" and case.check not in answered.codes)


def main(folder: Path = CASES) -> int:
    """Write every case."""
    shutil.rmtree(folder, ignore_errors=True)
    wrong, names = 0, set()
    for case in cases():
        assert case.name not in names, case.name
        names.add(case.name)
        answered = laurel(case)
        if differs(case, answered):
            wrong += 1
            print(f"{case.name}: expected {case.verdict} {case.check}, got {answered.verdict} {answered.codes}")
        target = folder / case.name
        target.mkdir(parents=True)
        for name, content in files(case):
            (target / name).write_bytes(content)
    print(f"{len(names)} cases, {wrong} of them answered differently")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
