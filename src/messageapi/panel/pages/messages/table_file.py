"""Messages as lines of a CSV file, safe to open in a spreadsheet: no cell of somebody else's words is a formula."""

import csv
import io
from collections.abc import AsyncIterator

from messageapi.messages.schemas import MessageView

COLUMNS = ("id", "direction", "type", "status", "number", "phone", "chat", "text", "created_at", "error", "detail")
_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
_AT_ONCE = 200


async def lines(messages: AsyncIterator[MessageView]) -> AsyncIterator[str]:
    """The head, then a piece for every couple of hundred messages."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    held = 0
    async for message in messages:
        writer.writerow(cells(message))
        held += 1
        if held % _AT_ONCE == 0:
            yield _taken(table)
    yield _taken(table)


def cells(message: MessageView) -> list[str]:
    """A phone number keeps its plus: a spreadsheet reads it as a number, which it is."""
    return [
        message.id,
        message.direction,
        message.type,
        message.status,
        message.number,
        message.phone or "",
        message.chat,
        harmless(message.text if isinstance(message.text, str) else ""),
        message.created_at,
        message.error.code if message.error else "",
        harmless(message.error.detail if message.error else ""),
    ]


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_BEGIN_FORMULAS) else text


def _taken(table: io.StringIO) -> str:
    text = table.getvalue()
    table.seek(0)
    table.truncate()
    return text
