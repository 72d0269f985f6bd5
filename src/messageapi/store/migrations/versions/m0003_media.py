"""Files of messages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_media_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
        sa.UniqueConstraint("name", name="uq_media_name"),
    )
    op.create_index("ix_media_account", "media", ["account_id", "id"], unique=False)
    op.create_index("ix_media_expires_at", "media", ["expires_at"], unique=False)
    op.create_table(
        "media_uses",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_media_uses_message_id_messages", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["name"], ["media.name"], name="fk_media_uses_name_media", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id", "name", name="pk_media_uses"),
    )
    op.create_index("ix_media_uses_name", "media_uses", ["name"], unique=False)


def downgrade() -> None:
    op.drop_table("media_uses")
    op.drop_table("media")
