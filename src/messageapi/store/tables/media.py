"""Files that lie in the blob door, and which messages need them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
)

from messageapi.store.tables.metadata import metadata

media = Table(
    "media",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False, unique=True),  # in the blob door
    Column("sealed", LargeBinary, nullable=False),  # its key, digest and file name
    Column("mime", String(100), nullable=False),  # found from the content
    Column("size", BigInteger, nullable=False),
    Column("once", Boolean, nullable=False),  # made for one message: goes when that has ended
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),  # later, if a message still needs it then
    Index("ix_media_account", "account_id", "id"),
)

media_uses = Table(
    "media_uses",
    metadata,
    Column("message_id", String(36), ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), ForeignKey("media.name", ondelete="CASCADE"), nullable=False),
    Column("account_id", String(40), nullable=False),
    PrimaryKeyConstraint("message_id", "name"),
    Index("ix_media_uses_name", "name"),
)
