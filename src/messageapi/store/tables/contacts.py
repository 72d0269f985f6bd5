"""What WhatsApp says of people, and who does not want to be written to."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from messageapi.store.tables.metadata import metadata

contacts = Table(
    "contacts",
    metadata,
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("address", String(80), nullable=False),  # JID as somebody wrote it: of a phone in either form, or a LID
    Column("jid", String(80)),  # the phone-number address that WhatsApp itself uses; None where it is not known
    Column("lid", String(80)),
    Column("on_whatsapp", Boolean, nullable=False),
    Column("checked_at", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("account_id", "address"),
)

contact_checks = Table(
    "contact_checks",
    metadata,
    Column("number_id", String(40), ForeignKey("numbers.id", ondelete="CASCADE"), primary_key=True),
    Column("hour_from", BigInteger, nullable=False),  # the running hour in which people are counted,
    Column("asked", Integer, nullable=False),  # and about how many WhatsApp was asked in it
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("phone", String(20)),  # E.164
    Column("lid", String(80)),
    Column("source", String(8), nullable=False),  # message | api
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("account_id", "phone"),
    UniqueConstraint("account_id", "lid"),
)

opt_out_words = Table(
    "opt_out_words",
    metadata,
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("stop", Text, nullable=False),  # JSON list
    Column("start", Text, nullable=False),
)
