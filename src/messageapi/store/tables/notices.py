"""Emails to people. `sealed` holds address and words, and is destroyed when the email was sent or given up."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from messageapi.store.tables.metadata import metadata

notices = Table(
    "notices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), index=True),  # None: of nobody's
    Column("kind", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # waiting | sent | failed
    Column("sealed", LargeBinary),
    Column("attempts", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("error", String(40)),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),  # then it is given up
    Column("ended_at", BigInteger, index=True),
)

_WAITS = text("state = 'waiting'")
Index("ix_notices_due", notices.c.due, sqlite_where=_WAITS, postgresql_where=_WAITS)
