"""A QR code drawn with half blocks: two modules a character, dark on light whatever the terminal's colours are."""

import segno
from rich.text import Text

QUIET_ZONE = 4  # modules, as the standard asks
STYLE = "#000000 on #ffffff"
BLOCKS = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def drawn(content: str) -> Text:
    """The smallest code that holds `content`; a row of text is two rows of modules."""
    rows = [list(row) for row in segno.make_qr(content, error="l", boost_error=False).matrix_iter(border=QUIET_ZONE)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    lines = [_line(upper, lower) for upper, lower in zip(rows[::2], rows[1::2], strict=True)]
    return Text("\n", no_wrap=True).join(Text(line, style=STYLE, no_wrap=True) for line in lines)


def _line(upper: list[int], lower: list[int]) -> str:
    return "".join(BLOCKS[bool(a), bool(b)] for a, b in zip(upper, lower, strict=True))
