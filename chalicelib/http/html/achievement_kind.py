"""Names of achievement types for people: `MicroCredential` is shown as "Micro-credential"."""

from __future__ import annotations

import re

_NAMES = {
    "CoCurricular": "Co-curricular activity",
    "GeneralEducationDevelopment": "General Educational Development (GED)",
    "License": "Licence",
    "MicroCredential": "Micro-credential",
}
"""Types of Open Badges 3.0 (B.1.21) whose name is more than its words."""
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[._-]+")


def kind_name(kind: str) -> str:
    """Return the name to show for the achievement type ``kind``, also for a custom one (`ext:...`)."""
    if kind in _NAMES:
        return _NAMES[kind]
    words = _SEPARATORS.sub(" ", _WORD_STARTS.sub(" ", kind.removeprefix("ext:"))).split()
    shown = [word if word.isupper() else word.lower() for word in words]
    return " ".join([shown[0][:1].upper() + shown[0][1:], *shown[1:]]) if shown else kind
