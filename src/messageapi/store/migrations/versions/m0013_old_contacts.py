"""Contacts are found by age, so that old ones can go."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_contacts_checked_at", "contacts", ["checked_at"])


def downgrade() -> None:
    op.drop_index("ix_contacts_checked_at", "contacts")
