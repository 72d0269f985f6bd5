"""How fast each number may send: its own limits, and what it has used of them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, PrimaryKeyConstraint, String, Table

from messageapi.store.tables.metadata import metadata


def _window(name: str) -> list[Column[int]]:
    """A budget's running window: when it began, and what was used since then."""
    return [
        Column(f"{name}_from", BigInteger, nullable=False),
        Column(f"{name}_used", Integer, nullable=False),
    ]


paces = Table(
    "paces",
    metadata,
    Column("number_id", String(40), ForeignKey("numbers.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("limits", String(1000)),  # JSON; None: those of everybody
    Column("next_at", BigInteger, nullable=False),  # the next message may not go before
    *_window("minute"),
    *_window("hour"),
    *_window("day"),
    *_window("new"),  # messages to new contacts, of a day
)

acquaintances = Table(
    "acquaintances",
    metadata,
    Column("number_id", String(40), ForeignKey("numbers.id", ondelete="CASCADE"), nullable=False),
    Column("address", String(80), nullable=False),  # of a person; a row for each of the two where both are known
    PrimaryKeyConstraint("number_id", "address"),
)
