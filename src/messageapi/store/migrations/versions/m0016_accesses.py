"""Accounts that let an operator look at them, and the names of who did something."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.String(length=40)


def upgrade() -> None:
    op.create_table(
        "accesses",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("asked_by", _ID, nullable=False),
        sa.Column("asked_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_accesses_account_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_accesses_asked_by_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_accesses"),
    )
    op.create_index("ix_accesses_account_id", "accesses", ["account_id"], unique=False)
    op.create_index("ix_accesses_asked_by", "accesses", ["asked_by"], unique=False)
    op.add_column("logins", sa.Column("access_id", _ID, nullable=True))
    op.add_column("audit", sa.Column("person_name", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("audit", "person_name")
    op.drop_column("logins", "access_id")
    op.drop_table("accesses")
