"""What is known of messages that stay without an answer, and of numbers that WhatsApp limits."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KNOWN = "status IN ('received', 'delivered', 'read') AND (sender IS NULL OR sender = chat)"
_INDEXES = {
    "ix_messages_earlier_wa": (["number_id", "earlier_wa_id"], "earlier_wa_id IS NOT NULL"),
    "ix_messages_resend": (
        ["unconfirmed_at"],
        "status = 'unconfirmed' AND on_unconfirmed = 'resend' AND resent_at IS NULL",
    ),
    "ix_messages_unanswered": (["sent_at"], "status = 'sent' AND stuck_at IS NULL"),
    "ix_messages_known_peer_phone": (["number_id", "peer_phone"], f"peer_phone IS NOT NULL AND {_KNOWN}"),
    "ix_messages_known_peer_lid": (["number_id", "peer_lid"], f"peer_lid IS NOT NULL AND {_KNOWN}"),
}


def upgrade() -> None:
    for column in _added():
        op.add_column("messages", column)
    op.add_column("numbers", sa.Column("limit_code", sa.String(length=20), nullable=True))
    for name, (columns, condition) in _INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, "messages", columns, unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "messages")
    op.drop_column("numbers", "limit_code")
    for column in reversed(_added()):
        op.drop_column("messages", column.name)


def _added() -> "list[sa.Column[Any]]":
    return [
        sa.Column("resent_at", sa.BigInteger(), nullable=True),
        sa.Column("earlier_wa_id", sa.String(length=80), nullable=True),
    ]
