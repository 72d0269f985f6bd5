"""Webhook endpoints, what is to be delivered to each, and what came of every attempt. No body is in any of them.

`deliveries` is a queue: in a chat one delivery is `ready`, those behind it are `waiting` until it has ended.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from messageapi.store.tables.messages import Serial
from messageapi.store.tables.metadata import metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("description", String(200), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # URL, headers, secrets: any of them may let somebody in
    Column("events", Text),  # JSON list of types; None: all
    Column("numbers", Text),  # JSON list of ids; None: all
    Column("state", String(10), nullable=False),  # enabled | paused | disabled
    Column("reason_code", String(20)),
    Column("state_since", BigInteger, nullable=False),
    Column("failing_since", BigInteger),  # nothing has succeeded since
    Column("after_seq", BigInteger, nullable=False),  # events up to this one are not for it
    Column("held_by", String(40)),  # the worker that delivers to it
    Column("held_until", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("webhook_id", String(40), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", String(40), nullable=False),
    Column("account_id", String(40), nullable=False),
    Column("event_seq", BigInteger, nullable=False),
    Column("type", String(40), nullable=False),
    Column("line", BigInteger, nullable=False),  # one for each chat: what is in a line keeps its order
    Column("state", String(10), nullable=False),  # waiting | ready | delivered | failed | expired
    Column("attempts", Integer, nullable=False),  # since it was last replayed
    Column("due", BigInteger, nullable=False),
    Column("status", SmallInteger),  # the last answer's
    Column("error", String(40)),
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False, index=True),  # then its event is gone
    PrimaryKeyConstraint("webhook_id", "event_id"),
)


def _some(name: str, columns: tuple[str, ...], condition: str) -> None:
    """An index over the few rows that are asked for all the time."""
    where = text(condition)
    Index(name, *(deliveries.c[column] for column in columns), sqlite_where=where, postgresql_where=where)


_some("ix_deliveries_ready", ("webhook_id", "due", "event_seq"), "state = 'ready'")
_some("ix_deliveries_waiting", ("webhook_id", "line", "event_seq"), "state = 'waiting'")
_some("ix_deliveries_lines", ("webhook_id", "line"), "state = 'ready'")
_some("ix_deliveries_failed", ("webhook_id", "event_id"), "state = 'failed'")

attempts = Table(
    "attempts",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("webhook_id", String(40), nullable=False),
    Column("event_id", String(40), nullable=False),
    Column("account_id", String(40), nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("ms", Integer, nullable=False),
    Column("status", SmallInteger),
    Column("error", String(40)),
    Column("answer", LargeBinary),  # how it began, sealed: receivers echo what they get
    ForeignKeyConstraint(
        ["webhook_id", "event_id"], ["deliveries.webhook_id", "deliveries.event_id"], ondelete="CASCADE"
    ),
    Index("ix_attempts_delivery", "webhook_id", "event_id"),
)

relays = Table(
    "relays",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("low", BigInteger, nullable=False),  # every event up to this one was handed on
    Column("high", BigInteger, nullable=False),  # up to here those that could be seen
    Column("checked", BigInteger, nullable=False),  # between the two, see `horizon`
    Column("horizon", BigInteger, nullable=False),  # transactions before it have ended: all up to `checked` can be seen
)
