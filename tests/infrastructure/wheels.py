"""Compatibility of wheels and shared objects with the Lambda runtime."""

from __future__ import annotations

import re
import sys
from pathlib import Path

GLIBC = (2, 34) if sys.version_info >= (3, 12) else (2, 26)
"""glibc of the Lambda runtime: Amazon Linux 2 up to python3.11, Amazon Linux 2023 from python3.12."""
LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}  # PEP 600


def fits(tag: str) -> bool:
    """Whether a wheel with this tag (PEP 425) runs on the x86_64 Lambda runtime of this Python version."""
    platform = tag.rsplit("-", 1)[1]
    if platform == "any":
        return True
    name, _, machine = platform.partition("_x86_64")
    if machine or not platform.endswith("_x86_64"):
        return False
    perennial = re.fullmatch(r"manylinux_(\d+)_(\d+)", name)
    needed = (int(perennial[1]), int(perennial[2])) if perennial else LEGACY.get(name)
    return needed is not None and needed <= GLIBC


def glibc_needed(shared_object: Path) -> tuple[int, int]:
    """The newest glibc symbol version that the file names; (0, 0) when it names none."""
    found = re.findall(rb"GLIBC_(\d+)\.(\d+)", shared_object.read_bytes())
    return max(((int(major), int(minor)) for major, minor in found), default=(0, 0))


def tags(dist_info: Path) -> list[str]:
    """The compatibility tags of an installed wheel."""
    return re.findall(r"^Tag: (\S+)$", (dist_info / "WHEEL").read_text(), re.MULTILINE)


def recorded(dist_info: Path) -> set[str]:
    """The paths of the files of an installed wheel."""
    record = dist_info / "RECORD"
    if not record.exists():  # packaging leaves out some; no file of those may be a shared object
        return set()
    return {line.split(",")[0] for line in record.read_text().splitlines()}
