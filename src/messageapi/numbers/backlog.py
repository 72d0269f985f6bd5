"""How much of a number waits to be sent."""

import msgspec


class Backlog(msgspec.Struct, frozen=True):
    """`oldest_at`: since when the first of them has been waiting."""

    length: int = 0
    oldest_at: int | None = None
