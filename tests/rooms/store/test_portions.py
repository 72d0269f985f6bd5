"""Lists of values for IN lists: none too long, of few lengths, and with everything in them."""

from hypothesis import given
from hypothesis import strategies as st

from messageapi.store.portions import PORTION, padded, portions


@given(st.integers(0, 3 * PORTION))
def test_everything_is_in_some_portion_and_nothing_else(count: int) -> None:
    cut = list(portions(range(count)))
    assert list(dict.fromkeys(each for some in cut for each in some)) == list(range(count))
    assert all(len(some) <= PORTION for some in cut)


def test_there_are_few_lengths() -> None:
    assert {len(padded(list(range(count)))) for count in range(1, PORTION + 1)} == {1 << power for power in range(10)}
    assert padded([]) == []
