"""Events by account and place, what is parked by when it wakes, and how many people a number asked about."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_PARKED = sa.text("parked_until IS NOT NULL AND status = 'accepted'")


def upgrade() -> None:
    op.create_index("ix_outbox_account_seq", "outbox", ["account_id", "seq"], unique=False)
    op.drop_index("ix_outbox_account_id", "outbox")
    op.create_index(
        "ix_messages_waking",
        "messages",
        ["number_id", "parked_until"],
        unique=False,
        sqlite_where=_PARKED,
        postgresql_where=_PARKED,
    )
    op.create_table(
        "contact_checks",
        sa.Column("number_id", sa.String(length=40), nullable=False),
        sa.Column("hour_from", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name="fk_contact_checks_number_id_numbers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number_id", name="pk_contact_checks"),
    )


def downgrade() -> None:
    op.drop_table("contact_checks")
    op.drop_index("ix_messages_waking", "messages")
    op.create_index("ix_outbox_account_id", "outbox", ["account_id"], unique=False)
    op.drop_index("ix_outbox_account_seq", "outbox")
