"""Directories and queries with many coincidences, in few listings spread over many blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from chalicelib.directory import text
from chalicelib.directory.index import bits
from chalicelib.directory.index.build import Builder
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.ports import Generations, Items, Ports
from chalicelib.directory.query.query import MAX_WORDS, FilterKind, Order, Query, read_query
from tests.directory import oracle
from tests.fake_directory import DirectoryIndex

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECRET = b"s" * 32

NAMES = (
    "María", "Maria", "Marie", "Mario", "Marla", "Ma", "Marianne", "Li", "O'Brien", "Jan", "Jana", "Janssen", "Jansen",
    "Müller", "Muller", "Mulder", "İpek", "Łukasz", "王伟", "王芳", "山田太郎",
    "Ян", "Łucja", "de", "J.", "Nguyễn", "김철수",
)  # fmt: skip
WORDS = (
    "welder",
    "wielder",
    "Data",
    "analyst",
    "C++",
    "C#",
    "certified",
    "Certificate",
    "cert",
    "go",
    "データ分析",
    "R",
)
SKILLS = ("Python", "Pythons", "Project management", "C++", "Data analysis", "Welding", "機械学習", "go")
ACHIEVEMENTS = (
    Named("welding", "Certified Welder"), Named("data", "Data Analyst Certificate"), Named("pm", "Project lead"),
    Named("ai", "データ分析"),
)  # fmt: skip
ISSUERS = (Named("north", "North College"), Named("south", "South School"))
PLACES = ("", "Rotterdam, Netherlands", "Utrecht, Netherlands", "Netherlands", "Paris, Texas", "Paris, France")
LANGUAGES = ("en", "en-GB", "nl", "pt-BR")
OPEN_TO = ("full-time", "part-time", "mentoring")
MONTHS = tuple(datetime(2025, 11, 1, tzinfo=UTC) + timedelta(days=31 * month) for month in range(6))


def some(values, most):
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


def listings(number: int) -> st.SearchStrategy[Listing]:
    return st.builds(
        Listing,
        id=st.just(f"holder-{number}"),
        version=st.integers(1, 9),
        recent_at=st.just(NOW + timedelta(seconds=number)),
        name=some(NAMES, 3).map(" ".join),
        headline=some(WORDS, 2).map(" ".join),
        place=st.sampled_from(PLACES),
        languages=some(LANGUAGES, 2),
        open_to=some(OPEN_TO, 2),
        skills=some(SKILLS, 3),
        achievements=some(ACHIEVEMENTS, 2),
        issuers=some(ISSUERS, 2),
        credentials=st.integers(0, 10),
        issued_at=st.none() | st.sampled_from(MONTHS),
    )


GAPS = st.sampled_from((1, 2, 3, 300, bits.BLOCK - 1, bits.BLOCK, bits.BLOCK * 3 + 5, bits.BLOCK * 9))


@st.composite
def directories(draw: st.DrawFn, most: int = 24) -> Mapping[int, Listing]:
    """Listings by ordinal, with gaps from those that were delisted."""
    ordinal, found = -1, {}
    for number in range(draw(st.integers(0, most))):
        ordinal += draw(GAPS)
        found[ordinal] = draw(listings(number))
    return found


TYPED = (
    "mar",
    "mari",
    "jans",
    "Jansenn",
    "Mria",
    "Muelller",
    "cer",
    "cert",
    "pyth",
    "Pyhton",
    "王",
    "山田",
    "ма",
    "wleder",
)

VALUES: Mapping[FilterKind, tuple[str, ...]] = {
    FilterKind.SKILL: (*SKILLS, "none"),
    FilterKind.ACHIEVEMENT: tuple(one.id for one in ACHIEVEMENTS),
    FilterKind.ISSUER: ("north", "south", "east"),
    FilterKind.PLACE: ("Netherlands", "Paris", "Paris, Texas", "rotterdam, netherlands"),
    FilterKind.LANGUAGE: (*LANGUAGES, "pt"),
    FilterKind.OPEN_TO: OPEN_TO,
}


def conditions() -> st.SearchStrategy[list[tuple[str, str]]]:
    one = st.sampled_from(
        [(kind.value, sign + value) for kind in VALUES for value in VALUES[kind] for sign in ("", "-")]
    )
    month = st.sampled_from([("issued_after", "2026-01"), ("issued_after", "2025-11"), ("issued_after", "2027-01")])
    return st.builds(
        lambda several, last: [*several, *last], st.lists(one, max_size=4), st.lists(month, max_size=1)
    ).filter(lambda found: len({kind for kind, _ in found}) <= 5)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Mapping[int, Listing], Query, int]:
    """A directory, a query that is likely to find something in it, and a page size."""
    directory = draw(directories())
    if not directory or not draw(st.integers(0, 7)):
        return directory, draw(queries()), draw(st.integers(1, 7))
    meant = draw(st.sampled_from(list(directory.values())))
    known = sorted({*text.searched_words(meant.name), *oracle.words(meant)})
    words = draw(st.lists(st.sampled_from(known), max_size=2)) if known else []
    if words and draw(st.booleans()):
        words[-1] = words[-1][: draw(st.integers(1, len(words[-1])))]
    if words and len(words[0]) > 4 and draw(st.booleans()):
        at = draw(st.integers(0, len(words[0]) - 2))
        middle = draw(st.sampled_from(("", "x", words[0][at] + "x", words[0][at + 1] + words[0][at])))
        words[0] = words[0][:at] + middle + words[0][at + len(middle or "x") :]
    filters = draw(st.lists(st.sampled_from(sorted(_values(meant)) or [("issuer", "-east")]), max_size=2))
    filters += draw(conditions().map(lambda found: [one for one in found if one[1].startswith("-")][:1]))
    order = draw(st.sampled_from((None, *map(str, Order))))
    return directory, read_query(" ".join(words), filters, order), draw(st.integers(1, 7))


def _values(listing: Listing) -> set[tuple[str, str]]:
    found = {("skill", one) for one in listing.skills} | {("issuer", one.id) for one in listing.issuers}
    found |= {("achievement", one.id) for one in listing.achievements} | {("open_to", one) for one in listing.open_to}
    found |= {("place", part) for part in listing.place.split(",") if part}
    return found | {("language", one) for one in listing.languages} | {("issued_after", "2026-01")}


def queries() -> st.SearchStrategy[Query]:
    """Queries that need not fit any listing."""
    typed = st.lists(st.sampled_from((*NAMES, *WORDS, *SKILLS, *TYPED)), max_size=2).map(" ".join)
    order = st.sampled_from((None, *map(str, Order)))
    fitting = typed.filter(lambda found: len(text.searched_words(found)) <= MAX_WORDS)
    return st.builds(read_query, fitting, conditions(), order)


def indexed(directory: Mapping[int, Listing], size: int | None = None) -> DirectoryIndex:
    """A fake index of ``directory``."""
    index, builder = DirectoryIndex(), Builder()
    index.stored = Generations("g1")
    index.of("g1").size = size if size is not None else max(directory, default=-1) + 1
    for ordinal, listing in directory.items():
        index.put("g1", builder.add(ordinal, listing))
    index.put("g1", Items(pieces=list(builder.pieces()), suggestions=list(builder.suggestions())))
    return index


def secret(day: date) -> bytes:
    return SECRET + day.isoformat().encode()


def as_indexed(listings: Sequence[Listing]) -> Sequence[Listing]:
    """`Ports.shown_now` when nothing has changed since."""
    return listings


def ports(index: DirectoryIndex) -> Ports:
    return Ports(index, secret, as_indexed)
