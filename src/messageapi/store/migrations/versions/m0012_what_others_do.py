"""What was played, and what a number's owner writes on the phone itself."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ELSEWHERE = "direction = 'outbound' AND sender IS NOT NULL"


def upgrade() -> None:
    op.add_column("messages", sa.Column("played_at", sa.BigInteger(), nullable=True))
    op.add_column("numbers", sa.Column("own_messages", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "uq_messages_elsewhere",
        "messages",
        ["number_id", "wa_id"],
        unique=True,
        sqlite_where=sa.text(_ELSEWHERE),
        postgresql_where=sa.text(_ELSEWHERE),
    )


def downgrade() -> None:
    op.drop_index("uq_messages_elsewhere", "messages")
    op.drop_column("numbers", "own_messages")
    op.drop_column("messages", "played_at")
