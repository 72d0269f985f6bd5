"""Messages as metadata, their sealed bodies apart, and receipts that came before the send result.

One column for each time a status was reached: together they are the timeline, and a status costs no extra row.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    false,
    text,
)

from messageapi.store.tables.metadata import metadata

Serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER PRIMARY KEY

messages = Table(
    "messages",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),  # the order of acceptance
    Column("id", String(36), nullable=False, unique=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("number_id", String(40), ForeignKey("numbers.id", ondelete="CASCADE"), nullable=False),
    Column("direction", String(8), nullable=False),  # outbound | inbound
    Column("type", String(16), nullable=False),
    Column("chat", String(80), nullable=False),  # JID the message goes to or came in
    Column("peer_phone", String(20)),  # E.164 of the other side, where known
    Column("peer_lid", String(80)),
    Column("sender", String(80)),  # JID of the writer; None: sent from here
    Column("status", String(16), nullable=False),
    Column("wa_id", String(80)),
    Column("attempt", Integer, nullable=False),
    Column("error_code", String(60)),
    Column("error_detail", String(400)),
    Column("custom", String(4096)),  # the caller's own metadata, JSON
    Column("late", Boolean, nullable=False),  # inbound: came after we had been away
    Column("accepted_at", BigInteger, nullable=False),  # inbound: when it was stored
    Column("sending_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("delivered_at", BigInteger),
    Column("read_at", BigInteger),
    Column("played_at", BigInteger),
    Column("unconfirmed_at", BigInteger),
    Column("ended_at", BigInteger),  # failed, expired or canceled
    Column("priority", SmallInteger, nullable=False, server_default=text("0")),  # 1 high, 0 normal, -1 low
    Column("send_at", BigInteger),  # scheduled until then
    Column("expires_at", BigInteger),  # not handed over after this
    Column("on_unconfirmed", String(8), nullable=False, server_default=text("'report'")),  # report | resend
    Column("resent_at", BigInteger),  # when it went back to the queue although it may have left
    Column("earlier_wa_id", String(80)),  # WhatsApp's id of the attempt before it was resent
    Column("stuck_at", BigInteger),  # when it was noticed that nobody acknowledges it; 0: nobody ever will
    Column("new_contact", Boolean),  # the first message to this chat; None until the queue has looked
    Column("target_id", String(36)),  # the message that this one answers, edits, revokes or reacts to
    Column("edited_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("parked_until", BigInteger),  # not tried before, nor what is behind it in its chat
    Column("strikes", SmallInteger, nullable=False, server_default=text("0")),  # tries that failed by its own fault
    Column("bulk", Boolean, nullable=False, server_default=false()),  # not sent to who opted out
    Index("ix_messages_account_seq", "account_id", "seq"),
    Index("ix_messages_wa", "number_id", "wa_id"),
    sqlite_autoincrement=True,  # no seq is given twice: readers remember the last one they saw
)

# What waits and what is under way, in the order in which it goes: by priority, then by acceptance, and behind all that
# what is parked. Queries have to write these expressions exactly so; see messages/queue/rows.py.
APART = 1 << 52
"""Between the turns of two priorities lie all the seqs there can be."""
PARKED_TURN = 1 << 60
FOLLOWS = 1 << 60
"""As `parked_until`: until the message before it in its chain has gone."""
TURN = f"(CASE WHEN (parked_until IS NULL) THEN seq - priority * {APART} ELSE {PARKED_TURN} END)"
Index(
    "ix_messages_queue",
    messages.c.number_id,
    messages.c.status,
    text(TURN),
    sqlite_where=messages.c.status.in_(("accepted", "sending")),
    postgresql_where=messages.c.status.in_(("accepted", "sending")),
)
Index(
    "ix_messages_parked",
    messages.c.number_id,
    messages.c.chat,
    messages.c.priority,
    messages.c.seq,
    sqlite_where=text("parked_until IS NOT NULL AND status = 'accepted'"),
    postgresql_where=text("parked_until IS NOT NULL AND status = 'accepted'"),
)
Index(
    "ix_messages_waking",
    messages.c.number_id,
    messages.c.parked_until,
    sqlite_where=text("parked_until IS NOT NULL AND status = 'accepted'"),
    postgresql_where=text("parked_until IS NOT NULL AND status = 'accepted'"),
)
Index(
    "ix_messages_scheduled",
    messages.c.send_at,
    sqlite_where=messages.c.status == "scheduled",
    postgresql_where=messages.c.status == "scheduled",
)
Index(
    "ix_messages_scheduled_account",
    messages.c.account_id,
    messages.c.status,  # always the same: but for it SQLite may as well take the index of all the account's messages
    sqlite_where=messages.c.status == "scheduled",
    postgresql_where=messages.c.status == "scheduled",
)
Index(
    "ix_messages_expiring",
    messages.c.expires_at,
    sqlite_where=messages.c.expires_at.is_not(None) & messages.c.status.in_(("scheduled", "accepted")),
    postgresql_where=messages.c.expires_at.is_not(None) & messages.c.status.in_(("scheduled", "accepted")),
)
Index(
    "ix_messages_earlier_wa",
    messages.c.number_id,
    messages.c.earlier_wa_id,
    sqlite_where=messages.c.earlier_wa_id.is_not(None),
    postgresql_where=messages.c.earlier_wa_id.is_not(None),
)
Index(
    "ix_messages_resend",
    messages.c.unconfirmed_at,
    sqlite_where=text("status = 'unconfirmed' AND on_unconfirmed = 'resend' AND resent_at IS NULL"),
    postgresql_where=text("status = 'unconfirmed' AND on_unconfirmed = 'resend' AND resent_at IS NULL"),
)
Index(
    "ix_messages_unanswered",
    messages.c.sent_at,
    sqlite_where=text("status = 'sent' AND stuck_at IS NULL"),
    postgresql_where=text("status = 'sent' AND stuck_at IS NULL"),
)
# Whom a number knows: who wrote to it, and who got something from it. What was written in a group does not count.
KNOWN = "status IN ('received', 'delivered', 'read') AND (sender IS NULL OR sender = chat)"
for _address in ("peer_phone", "peer_lid"):
    Index(
        f"ix_messages_known_{_address}",
        messages.c.number_id,
        messages.c[_address],
        sqlite_where=text(f"{_address} IS NOT NULL AND {KNOWN}"),
        postgresql_where=text(f"{_address} IS NOT NULL AND {KNOWN}"),
    )
Index(
    "uq_messages_inbound",
    messages.c.number_id,
    messages.c.chat,
    messages.c.sender,
    messages.c.wa_id,
    unique=True,
    sqlite_where=messages.c.direction == "inbound",
    postgresql_where=messages.c.direction == "inbound",
)
Index(
    "uq_messages_elsewhere",
    messages.c.number_id,
    messages.c.wa_id,
    unique=True,
    sqlite_where=text("direction = 'outbound' AND sender IS NOT NULL"),
    postgresql_where=text("direction = 'outbound' AND sender IS NOT NULL"),
)

bodies = Table(
    "bodies",
    metadata,
    Column("message_id", String(36), ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, index=True),  # None: until the message reaches a terminal state
)

# Beside receipts, revokes that came before their message: `wa_id` is a name made of it (messages.received.ahead).
early_receipts = Table(
    "early_receipts",
    metadata,
    Column("number_id", String(40), ForeignKey("numbers.id", ondelete="CASCADE"), nullable=False),
    Column("wa_id", String(80), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("stored_at", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("number_id", "wa_id", "kind"),
)
