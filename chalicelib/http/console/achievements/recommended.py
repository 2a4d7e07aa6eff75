"""The achievements that an achievement recommends next, as a person enters them: names, links or ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from chalicelib.award.achievements import check_related
from chalicelib.award.input.folding import fold
from chalicelib.credential.achievement import Achievement
from chalicelib.errors import Refused

_LINK = re.compile(r"[^\s,]+")
"""A link or an id, which cannot contain what separates entries."""
MAX_LISTED = 10
"""Maximum names in an error: enough to find a misspelled one, and few enough to read."""


def written(related: Iterable[str], own: Sequence[Achievement]) -> str:
    """Return the text of the field for stored ids: names, one per line, where a name is enough."""
    names = {one.id: one.name for one in own}
    return "\n".join(names[each] if each in names and _ids(names[each], own) == [each] else each for each in related)


def parse(text: str, own: Sequence[Achievement]) -> tuple[str, ...]:
    """Return the ids of the achievements in ``text``, one per line or separated by commas.

    ``own`` are the achievements of the issuer. Raises `Refused` with the entry that is none of them.
    """
    found = tuple(each for line in text.splitlines() if line.strip() for each in _line(line.strip(), own))
    check_related(found)
    return found


def _line(line: str, own: Sequence[Achievement]) -> Iterator[str]:
    entries = [line] if _ids(line, own) else [part.strip() for part in line.split(",") if part.strip()]
    for entry in entries:
        ids = _ids(entry, own)
        if not ids:
            detail = f"“{entry[:200]}” is not the name or link of one of your achievements.{_names(own)}"
            raise Refused(detail, code="bad_id")
        if len(ids) > 1:
            detail = f"You have {len(ids)} achievements with the name “{entry[:200]}”. Enter a link to its public page."
            raise Refused(detail, code="bad_id")
        yield ids[0]


def _names(own: Sequence[Achievement]) -> str:
    """Say what can be entered; empty if nothing can."""
    names = sorted((one.name for one in own if not one.archived), key=fold)
    if not names:
        return ""
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return f" You have {', '.join(f'“{name}”' for name in names[:MAX_LISTED])}{more}."


def _ids(entry: str, own: Sequence[Achievement]) -> list[str]:
    """The achievements that ``entry`` may mean. An archived one is meant only if no other has the name."""
    last = entry.rstrip("/").rpartition("/")[2]
    by_id = [one.id for one in own if one.id == last and _LINK.fullmatch(entry)]
    named = [one for one in own if fold(one.name) == fold(entry)]
    return by_id or [one.id for one in named if not one.archived] or [one.id for one in named]
