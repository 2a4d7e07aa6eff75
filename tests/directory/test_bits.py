"""Sets of ordinals in storage."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory.index import bits

POSITIONS = st.sets(st.integers(0, bits.BLOCK - 1))
DENSITIES = st.floats(0, 1)


@given(POSITIONS)
def test_few_ordinals_are_read_as_they_were_stored(positions: set[int]) -> None:
    found = bits.of(positions)
    assert bits.decode(bits.encode(found)) == found
    assert set(bits.ascending(found)) == positions == set(bits.descending(found))


@given(DENSITIES, st.integers())
def test_sets_of_any_density_are_read_as_they_were_stored_and_small(density: float, seed: int) -> None:
    random = Random(seed)
    found = bits.of(position for position in range(bits.BLOCK) if random.random() < density)
    stored = bits.encode(found)
    assert bits.decode(stored) == found
    assert len(stored) <= bits.BLOCK // 8


@pytest.mark.parametrize("found", [0, 1, bits.FULL, 1 << bits.BLOCK - 1, bits.FULL ^ 1, (1 << 255) | (1 << 511)])
def test_the_ends_of_a_block_are_kept(found: int) -> None:
    assert bits.decode(bits.encode(found)) == found


@pytest.mark.parametrize(("share", "most"), [(0.005, 30), (0.02, 85), (0.08, 250), (0.18, 395), (0.3, 495)])
def test_a_random_set_is_stored_in_little_more_than_its_entropy(share: float, most: int) -> None:
    random = Random(1)
    found = bits.of(random.sample(range(bits.BLOCK), round(bits.BLOCK * share)))
    assert len(bits.encode(found)) <= most


@pytest.mark.parametrize(
    "data", [b"", b"x1", b"h\xff\xff", b"g" + bytes(bits.BLOCK + 1), b"g" + b"\xff" * 17, b"g\xff"]
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        bits.decode(data)


def test_a_position_outside_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        bits.of([bits.BLOCK])


@given(st.sets(st.integers(0, bits.MAX_ORDINAL), max_size=300))
def test_small_sets_of_any_block_are_read_as_they_were_stored(ordinals: set[int]) -> None:
    assert set(bits.decode_all(bits.encode_all(ordinals))) == ordinals
    with pytest.raises(ValueError, match="half"):
        bits.decode_all(bits.encode_all(ordinals) + b"1")
