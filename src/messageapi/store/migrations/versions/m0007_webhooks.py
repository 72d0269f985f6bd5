"""Webhook endpoints, deliveries to them, their attempts, and how far the relay has come."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.String(length=40)


def upgrade() -> None:
    _webhooks()
    _deliveries()
    _attempts()
    op.create_table(
        "relays",
        sa.Column("name", sa.String(length=20), nullable=False),
        *(_number(name) for name in ("low", "high", "checked", "horizon")),
        sa.PrimaryKeyConstraint("name", name="pk_relays"),
    )


def downgrade() -> None:
    for table in ("relays", "attempts", "deliveries", "webhooks"):
        op.drop_table(table)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("events", sa.Text(), nullable=True),
        sa.Column("numbers", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason_code", sa.String(length=20), nullable=True),
        _number("state_since"),
        _number("failing_since", nullable=True),
        _number("after_seq"),
        sa.Column("held_by", _ID, nullable=True),
        _number("held_until"),
        _number("created_at"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_webhooks_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_index("ix_webhooks_account_id", "webhooks", ["account_id"], unique=False)


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("webhook_id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        _number("event_seq"),
        sa.Column("type", _ID, nullable=False),
        _number("line"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _number("due"),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("error", _ID, nullable=True),
        _number("created_at"),
        _number("ended_at", nullable=True),
        _number("expires_at"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name="fk_deliveries_webhook_id_webhooks", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("webhook_id", "event_id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_expires_at", "deliveries", ["expires_at"], unique=False)
    for name, columns, state in (
        ("ready", ["webhook_id", "due", "event_seq"], "ready"),
        ("waiting", ["webhook_id", "line", "event_seq"], "waiting"),
        ("lines", ["webhook_id", "line"], "ready"),
        ("failed", ["webhook_id", "event_id"], "failed"),
    ):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"ix_deliveries_{name}", "deliveries", columns, unique=False, sqlite_where=where, postgresql_where=where
        )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("webhook_id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        _number("at"),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("error", _ID, nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id", "event_id"],
            ["deliveries.webhook_id", "deliveries.event_id"],
            name="fk_attempts_webhook_id_deliveries",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_attempts"),
    )
    op.create_index("ix_attempts_at", "attempts", ["at"], unique=False)
    op.create_index("ix_attempts_delivery", "attempts", ["webhook_id", "event_id"], unique=False)
