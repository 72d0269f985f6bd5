"""Whose presence numbers watch."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.String(length=40)
_JID = sa.String(length=80)


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("number_id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("address", _JID, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("lid", _JID, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=True),
        sa.Column("chat", _JID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("last_seen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name="fk_watches_number_id_numbers", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_watches_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number_id", "address", name="pk_watches"),
    )
    op.create_index("ix_watches_account_id", "watches", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("watches")
