"""Files of received messages that are to be fetched without being asked for. A queue; a row goes when that is done."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from messageapi.store.tables.metadata import metadata

downloads = Table(
    "downloads",
    metadata,
    Column("message_id", String(36), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", String(40), nullable=False),
    Column("number_id", String(40), nullable=False),
    Column("size", BigInteger, nullable=False),  # as the message says
    Column("due_at", BigInteger, nullable=False, index=True),  # later while somebody tries
    Column("tries", Integer, nullable=False),
)
