"""Numbers, which host holds each of them, the hosts themselves and the placer's lease."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
)

from messageapi.store.tables.metadata import metadata

numbers = Table(
    "numbers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("network", String(16), nullable=False),  # whatsapp | sandbox
    Column("phone", String(20)),  # E.164, once linked
    Column("jid", String(80)),  # of our linked device
    Column("lid", String(80)),
    Column("state", String(16), nullable=False),
    Column("reason_code", String(40)),
    Column("reason", String(400)),  # one sentence for people, ending in the next action
    Column("state_since", BigInteger, nullable=False),
    Column("evidence_at", BigInteger),  # when its last stanza was seen
    Column("limited_until", BigInteger),
    Column("limit_code", String(20)),  # new_contacts | everything: what of a linked number is held until then
    Column("is_default", Boolean, nullable=False),
    Column("session_folder", String(64), nullable=False, unique=True),  # random, never user text
    Column("sealed_journal_key", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("paused_at", BigInteger),  # nothing is handed over since then
    Column("linked_at", BigInteger),  # the first time with this phone: how far it is warmed up
    Column("paced", Boolean),  # None: as its network has it
    Column("shows_typing", Boolean, nullable=False, server_default=false()),  # before every message
    Column("shows_online", Boolean, nullable=False, server_default=false()),  # while connected
    Column("auto_read", Boolean, nullable=False, server_default=false()),  # marks what comes as read
    Column("reject_calls", Boolean, nullable=False, server_default=false()),
    Column("auto_download", String(8), nullable=False, server_default="off"),  # off | small | all
    Column("own_messages", Boolean, nullable=False, server_default=false()),  # told what its owner writes on the phone
    UniqueConstraint("account_id", "name"),
)

placements = Table(
    "placements",
    metadata,
    Column("number_id", String(40), ForeignKey("numbers.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("wanted", Boolean, nullable=False),  # the number should be held by some host
    Column("host_id", String(40)),
    Column("epoch", Integer, nullable=False),
    Column("taken_seq", BigInteger, nullable=False),  # last event of the number's journal that was committed here
    Column("journal_since", BigInteger),  # when its session folder was made: older journals, and outcomes, are gone
    Column("failures", Integer, nullable=False),
    Column("retry_at", BigInteger),  # not placed again before
    Column("placed_at", BigInteger),
)

hosts = Table(
    "hosts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("network", String(16), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("beat_at", BigInteger, nullable=False),
    Column("stopping", Boolean, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(60), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
)
