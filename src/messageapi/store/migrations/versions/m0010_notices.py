"""Emails to people, their questions and what they were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.String(length=40)


def upgrade() -> None:
    _notices()
    _requests()
    op.create_table(
        "support_answers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["support_requests.id"],
            name="fk_support_answers_request_id_support_requests",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_answers"),
    )
    op.create_index("ix_support_answers_request_id", "support_answers", ["request_id"], unique=False)


def downgrade() -> None:
    for table in ("support_answers", "support_requests", "notices"):
        op.drop_table(table)


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("kind", _ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("error", _ID, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_notices_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    waits = sa.text("state = 'waiting'")
    op.create_index("ix_notices_due", "notices", ["due"], unique=False, sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_notices_account_id", "notices", ["account_id"], unique=False)
    op.create_index("ix_notices_ended_at", "notices", ["ended_at"], unique=False)


def _requests() -> None:
    op.create_table(
        "support_requests",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_support_requests_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_requests"),
    )
    op.create_index("ix_support_requests_account_id", "support_requests", ["account_id"], unique=False)
    op.create_index("ix_support_requests_changed_at", "support_requests", ["changed_at"], unique=False)
    op.create_index("ix_support_requests_sender", "support_requests", ["sender", "created_at"], unique=False)
