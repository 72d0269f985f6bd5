"""Lists as people read them: a quiet table, times in words, states with a colour that the word repeats."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

ID_WIDTH = 30  # an id is copied: it stays whole and on one line, the rest folds
COLOURS = {
    "green": {"connected", "delivered", "on", "ok"},
    "yellow": {"linking", "connecting", "degraded", "reconnecting", "limited", "accepted", "sending", "unconfirmed"},
    "red": {"failed", "banned", "logged_out", "replaced", "passkey_required", "expired"},
    "blue": {"read"},
}


def state(word: object) -> Text:
    text = str(word)
    colour = next((colour for colour, words in COLOURS.items() if text in words), "default")
    return Text(text, style=colour)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> Table | Text:
    drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        drawn.add_column(name, overflow="fold", no_wrap=name == "id", min_width=ID_WIDTH if name == "id" else None)
    for row in rows:
        drawn.add_row(*(one if isinstance(one, Text) else Text(_plain(one)) for one in row))
    return drawn if drawn.row_count else Text(empty)


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def items(document: dict[str, object]) -> list[dict[str, object]]:
    """The entries of one page."""
    found = document.get("items")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def moment(iso: object) -> str:
    """`14:02:07` today, the date before that."""
    if not isinstance(iso, str) or not iso:
        return ""
    then = datetime.fromisoformat(iso).astimezone()
    today = datetime.now(UTC).astimezone().date()
    return then.strftime("%H:%M:%S" if then.date() == today else "%Y-%m-%d %H:%M")
