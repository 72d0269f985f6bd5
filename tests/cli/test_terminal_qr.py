"""The drawn code holds exactly the modules of the QR code, two to a character, with its quiet zone."""

import segno
from hypothesis import given
from hypothesis import strategies as st

from messageapi.cli.numbers.terminal_qr import BLOCKS, QUIET_ZONE, drawn

MODULES = {block: pair for pair, block in BLOCKS.items()}


def read_back(text: str) -> list[list[int]]:
    rows: list[list[int]] = []
    for line in text.splitlines():
        rows += [[MODULES[block][half] for block in line] for half in (0, 1)]
    return rows


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=250))
def test_what_is_drawn_is_the_code(content: str) -> None:
    expected = segno.make_qr(content, error="l", boost_error=False)
    rows = read_back(drawn(content).plain)
    size = len(list(expected.matrix_iter(border=QUIET_ZONE)))
    assert [[bool(one) for one in row] for row in rows[:size]] == [
        [bool(one) for one in row] for row in expected.matrix_iter(border=QUIET_ZONE)
    ]
    assert not any(any(row) for row in rows[size:])


def test_it_is_dark_on_light_whatever_the_terminal_looks_like() -> None:
    assert all(span.style == "#000000 on #ffffff" for span in drawn("x").spans)
