"""python -m fuzz [--minutes N] [TARGET ...]: fuzz each target for its share of the time; a crash is kept as a test."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[1]
CRASHES = ROOT / "tests" / "fuzz" / "crashes"
CORPUS = ROOT / ".laurel" / "fuzz"
MAX_INPUT = 16 * 1024
"""Bytes of one input: longer ones slow the search down and find the same."""
SECONDS_EACH = 2
"""An input that takes longer is a crash too: no input may hold a worker for more than a second."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all when none is named")
    parser.add_argument("--minutes", type=float, default=5)
    wanted = parser.parse_args()
    names = wanted.targets or list(TARGETS)
    unknown = set(names) - TARGETS.keys()
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    seconds = max(int(wanted.minutes * 60 / len(names)), 1)
    crashed = [name for name in names if not fuzz(name, seconds)]
    print(f"{len(names) - len(crashed)} passed, {len(crashed)} failed")
    return 1 if crashed else 0


def fuzz(name: str, seconds: int) -> bool:
    """Whether ``name`` lasted ``seconds``; an input that crashed it is stored in tests/fuzz/crashes."""
    corpus = CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as found:
        command = [sys.executable, "-m", "fuzz.one", name, str(corpus), *seeds(name)]
        command += [f"-max_total_time={seconds}", f"-max_len={MAX_INPUT}", f"-timeout={SECONDS_EACH}"]
        command += [f"-artifact_prefix={found}/", "-verbosity=0", "-print_final_stats=1"]
        done = subprocess.run(command, cwd=ROOT, check=False, stderr=subprocess.PIPE, text=True)
        stats = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        print(
            f"{name}: {seconds} s, {stats[0].split()[-1] if stats else '?'} inputs, exit {done.returncode}", flush=True
        )
        for crash in Path(found).iterdir():
            CRASHES.mkdir(parents=True, exist_ok=True)
            shutil.copy(crash, CRASHES / f"{name}-{crash.name[-40:]}")
        if done.returncode:
            print(done.stderr[-4000:], file=sys.stderr)
    return done.returncode == 0


def seeds(name: str) -> list[str]:
    """Folders of inputs to begin with."""
    folder = ROOT / "fuzz" / "seeds" / name
    return [str(folder)] if folder.is_dir() else []


if __name__ == "__main__":
    sys.exit(main())
