from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.analytics.counts.periods import BUCKET
from chalicelib.dynamo import keys
from tests.strategies import MOMENTS

TEXT = st.text(st.sampled_from("#%235aé") | st.characters(codec="utf-8"))


@given(TEXT)
@example("%23")
@example("%2523#%")
def test_escaping_round_trips(text: str):
    assert keys.unescape(keys.escape(text)) == text
    assert "#" not in keys.escape(text)


@given(st.lists(TEXT, min_size=1).map(tuple), st.lists(TEXT, min_size=1).map(tuple))
@example(("1", "23"), ("12", "3"))
@example(("a#b",), ("a", "b"))
@example(("a%23b",), ("a#b",))
def test_distinct_values_give_distinct_keys(one: tuple[str, ...], other: tuple[str, ...]):
    assert (keys.join(*one) == keys.join(*other)) == (one == other)


@given(TEXT, TEXT, TEXT, MOMENTS, st.integers(0, 2**26))
def test_no_id_collides_with_another_kind_of_item(a: str, b: str, c: str, at: datetime, index: int):
    made = [
        keys.issuer(a),
        keys.issuer_pointer(a),
        keys.achievement(a, b),
        keys.record(a),
        keys.row(a, at, b),
        keys.status_list(a),
        keys.index_marker(a, index),
        keys.image(a),
    ]
    assert len(set(made)) == len(made)
    # the achievements query of an issuer matches its achievements and no other kind of item
    for key in made:
        of_issuer = key.pk == keys.achievements(c).pk and key.sk.startswith(keys.achievements(c).value or "")
        assert of_issuer == (key == made[2] and a == c)


@given(st.lists(MOMENTS, min_size=2, max_size=5))
def test_pointers_sort_by_time(timestamps: list[datetime]):
    by_key = sorted(timestamps, key=lambda at: keys.row("i", at, "c"))
    assert by_key == sorted(timestamps)


def test_pointer_does_not_depend_on_the_timezone():
    at = datetime(2026, 11, 21, 1, 2, 3, 4, UTC)
    elsewhere = at.astimezone(timezone(timedelta(hours=-9)))
    assert keys.row("i", at, "c") == keys.row("i", elsewhere, "c")


@given(MOMENTS, TEXT)
def test_event_is_in_the_bucket_of_its_time(at: datetime, event_id: str):
    _, bucket, shard = keys.event(event_id, at).pk.split("#")
    start = datetime.strptime(bucket, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    assert start <= at < start + BUCKET
    assert 0 <= int(shard) < keys.SHARDS


def test_events_spread_over_all_shards():
    at = datetime(2026, 11, 21, tzinfo=UTC)
    assert len({keys.event(f"event-{number}", at).pk for number in range(100)}) == keys.SHARDS


@given(st.dates(), st.dates())
def test_salts_before_a_day_are_those_of_earlier_days(one: date, day: date):
    part = keys.salts_before(day)
    assert keys.salt(one).pk == part.pk
    assert (keys.salt(one).sk < (part.value or "")) == (one < day)
