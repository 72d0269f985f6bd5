"""Events, written in the transaction of the change they tell of. The payload is sealed and expires."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table

from messageapi.store.tables.messages import Serial
from messageapi.store.tables.metadata import metadata

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("number_id", String(40)),
    Column("chat", String(80)),  # order is kept within a chat
    Column("type", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Index("ix_outbox_account_seq", "account_id", "seq"),  # who was away long reads on where they were
    sqlite_autoincrement=True,  # no seq is given twice: readers remember the last one they saw
)
