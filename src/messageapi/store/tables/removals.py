"""Messages that take back what others wrote in a group, until it is known whether their writers may. A queue; a row
goes when that is done.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from messageapi.store.tables.metadata import metadata

removals = Table(
    "removals",
    metadata,
    Column("message_id", String(36), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", String(40), nullable=False),
    Column("number_id", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the message as the engine reported it
    Column("due_at", BigInteger, nullable=False, index=True),  # later while somebody asks
    Column("ends_at", BigInteger, nullable=False),  # then nothing is left of what it takes back
    Column("tries", Integer, nullable=False),
)
