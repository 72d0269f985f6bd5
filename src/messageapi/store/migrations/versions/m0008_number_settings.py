"""What a number does by itself: seem online, mark as read, turn calls away, fetch files."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in _added():
        op.add_column("numbers", column)


def downgrade() -> None:
    for column in reversed(_added()):
        op.drop_column("numbers", column.name)


def _added() -> "list[sa.Column[Any]]":
    switches: list[sa.Column[Any]] = [
        sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        for name in ("shows_online", "auto_read", "reject_calls")
    ]
    return [*switches, sa.Column("auto_download", sa.String(length=8), nullable=False, server_default="off")]
