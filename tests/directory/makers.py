"""Directories and queries with many coincidences, in few listings spread over many blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from chalicelib.directory import text
from chalicelib.directory.index import bits
from chalicelib.directory.index.build import Builder, own_items
from chalicelib.directory.index.terms import terms_of
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.ports import Buffered, Generations, Items, Ports
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
OPEN_TO = ("work", "freelance", "mentoring")
MONTHS = tuple(datetime(2025, 11, 1, tzinfo=UTC) + timedelta(days=31 * month) for month in range(6))


def some(values, most):
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


@cache  # Hypothesis takes longer to check a new strategy than to draw from a known one
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


SIZES = st.integers(0, 24)
GAPS = st.sampled_from((1, 2, 3, 300, bits.BLOCK - 1, bits.BLOCK, bits.BLOCK * 3 + 5, bits.BLOCK * 9))


@st.composite
def directories(draw: st.DrawFn) -> Mapping[int, Listing]:
    """Listings by ordinal, with gaps from those that were delisted."""
    ordinal, found = -1, {}
    for number in range(draw(SIZES)):
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


@cache
def conditions() -> st.SearchStrategy[list[tuple[str, str]]]:
    one = st.sampled_from(
        [(kind.value, sign + value) for kind in VALUES for value in VALUES[kind] for sign in ("", "-")]
    )
    month = st.sampled_from([("issued_after", "2026-01"), ("issued_after", "2025-11"), ("issued_after", "2027-01")])
    return st.builds(
        lambda several, last: [*several, *last], st.lists(one, max_size=4), st.lists(month, max_size=1)
    ).filter(lambda found: len({kind for kind, _ in found}) <= 5)


DIRECTORIES = directories()
LIMITS = st.integers(1, 7)
ORDERS = st.sampled_from((None, *map(str, Order)))
EXCLUDED = conditions().map(lambda found: [one for one in found if one[1].startswith("-")][:1])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Mapping[int, Listing], Query, int]:
    """A directory, a query that is likely to find something in it, and a page size."""
    directory = draw(DIRECTORIES)
    if not directory or not draw(st.integers(0, 7)):
        return directory, draw(queries()), draw(LIMITS)
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
    filters += draw(EXCLUDED)
    return directory, read_query(" ".join(words), filters, draw(ORDERS)), draw(LIMITS)


def _values(listing: Listing) -> set[tuple[str, str]]:
    found = {("skill", one) for one in listing.skills} | {("issuer", one.id) for one in listing.issuers}
    found |= {("achievement", one.id) for one in listing.achievements} | {("open_to", one) for one in listing.open_to}
    found |= {("place", part) for part in listing.place.split(",") if part}
    return found | {("language", one) for one in listing.languages} | {("issued_after", "2026-01")}


@cache
def queries() -> st.SearchStrategy[Query]:
    """Queries that need not fit any listing."""
    typed = st.lists(st.sampled_from((*NAMES, *WORDS, *SKILLS, *TYPED)), max_size=2).map(" ".join)
    fitting = typed.filter(lambda found: len(text.searched_words(found)) <= MAX_WORDS)
    return st.builds(read_query, fitting, conditions(), ORDERS)


def indexed(directory: Mapping[int, Listing], size: int | None = None, buffered: int = 0) -> DirectoryIndex:
    """A fake index of ``directory``, with the last ``buffered`` listings in the write buffer."""
    index, builder = DirectoryIndex(), Builder()
    index.stored = Generations("g1")
    index.of("g1").size = size if size is not None else max(directory, default=-1) + 1
    for number, (ordinal, listing) in enumerate(directory.items()):
        if number < len(directory) - buffered:
            index.put("g1", builder.add(ordinal, listing))
        else:
            items = own_items(ordinal, listing, terms_of(listing))
            index.put("g1", items)
            rows = [Buffered(entry.id, entry.placed[0]) for entry in items.entries]
            index.replace_buffer("g1", index.buffer("g1"), [*index.buffer("g1").rows, *rows])
    index.put("g1", Items(pieces=list(builder.pieces()), suggestions=list(builder.suggestions())))
    return index


def secret(day: date) -> bytes:
    return SECRET + day.isoformat().encode()


def as_indexed(listings: Sequence[Listing]) -> Sequence[Listing]:
    """`Ports.shown_now` when nothing has changed since."""
    return listings


def ports(index: DirectoryIndex) -> Ports:
    return Ports(index, secret, as_indexed)
