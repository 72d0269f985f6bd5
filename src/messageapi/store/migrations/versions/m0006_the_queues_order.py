"""The queue in the order in which messages go, the chats that wait for a message of theirs, and pauses."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_QUEUED = sa.text("status IN ('accepted', 'sending')")
_PARKED = sa.text("parked_until IS NOT NULL AND status = 'accepted'")
_TURN = sa.text(
    "(CASE WHEN (parked_until IS NULL) THEN seq - priority * 4503599627370496 ELSE 1152921504606846976 END)"
)


def upgrade() -> None:
    op.add_column("messages", sa.Column("parked_until", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("strikes", sa.SmallInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("numbers", sa.Column("paused_at", sa.BigInteger(), nullable=True))
    op.drop_index("ix_messages_queue", "messages")
    _index("ix_messages_queue", ["number_id", "status", _TURN], _QUEUED)
    _index("ix_messages_parked", ["number_id", "chat", "priority", "seq"], _PARKED)


def downgrade() -> None:
    op.drop_index("ix_messages_parked", "messages")
    op.drop_index("ix_messages_queue", "messages")
    _index("ix_messages_queue", ["number_id", "status", "seq"], _QUEUED)
    op.drop_column("numbers", "paused_at")
    op.drop_column("messages", "strikes")
    op.drop_column("messages", "parked_until")


def _index(name: str, over: "list[str | sa.TextClause]", where: sa.TextClause) -> None:
    op.create_index(name, "messages", over, unique=False, sqlite_where=where, postgresql_where=where)
