"""When and how a message is sent, what it is about, and the answers kept for idempotency keys."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EXPIRING = sa.text("expires_at IS NOT NULL AND status IN ('scheduled', 'accepted')")
_SCHEDULED = sa.text("status = 'scheduled'")


def upgrade() -> None:
    for column in _added():
        op.add_column("messages", column)
    for name, over, where in (
        ("ix_messages_scheduled", "send_at", _SCHEDULED),
        ("ix_messages_expiring", "expires_at", _EXPIRING),
    ):
        op.create_index(name, "messages", [over], unique=False, sqlite_where=where, postgresql_where=where)
    _idempotency()


def downgrade() -> None:
    op.drop_table("idempotency")
    op.drop_index("ix_messages_expiring", "messages")
    op.drop_index("ix_messages_scheduled", "messages")
    for column in reversed(_added()):
        op.drop_column("messages", column.name)


def _added() -> "list[sa.Column[Any]]":
    return [
        sa.Column("priority", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("send_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("on_unconfirmed", sa.String(length=8), nullable=False, server_default=sa.text("'report'")),
        sa.Column("stuck_at", sa.BigInteger(), nullable=True),
        sa.Column("new_contact", sa.Boolean(), nullable=True),
        sa.Column("target_id", sa.String(length=36), nullable=True),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
    ]


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("content_type", sa.String(length=60), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("pending_until", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_idempotency_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "place", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_expires_at", "idempotency", ["expires_at"], unique=False)
