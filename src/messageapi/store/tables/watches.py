"""Whose presence numbers watch, and what was last seen of it."""

from sqlalchemy import BigInteger, Column, ForeignKey, PrimaryKeyConstraint, String, Table

from messageapi.store.tables.metadata import metadata

watches = Table(
    "watches",
    metadata,
    Column("number_id", String(40), ForeignKey("numbers.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("address", String(80), nullable=False),  # JID that WhatsApp is asked about
    Column("phone", String(20)),  # E.164
    Column("lid", String(80)),
    Column("state", String(10)),  # online | offline | typing | recording | paused; None: nothing was seen yet
    Column("chat", String(80)),  # where they type
    Column("at", BigInteger),
    Column("last_seen", BigInteger),
    PrimaryKeyConstraint("number_id", "address"),
)
