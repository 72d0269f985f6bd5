"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _accounts()
    _hosts()
    _leases()
    _keys()
    _numbers()
    _outbox()
    _early_receipts()
    _messages()
    _placements()
    _bodies()


def downgrade() -> None:
    for table in (
        "bodies",
        "placements",
        "messages",
        "early_receipts",
        "outbox",
        "numbers",
        "keys",
        "leases",
        "hosts",
        "accounts",
    ):
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("default_country", sa.String(length=2), nullable=True),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("email", name="uq_accounts_email"),
    )


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("network", sa.String(length=16), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.Column("stopping", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hosts"),
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("lookup", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.String(length=400), nullable=False),
        sa.Column("in_link", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_keys_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
        sa.UniqueConstraint("lookup", name="uq_keys_lookup"),
    )
    op.create_index("ix_keys_account_id", "keys", ["account_id"], unique=False)


def _numbers() -> None:
    op.create_table(
        "numbers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("network", sa.String(length=16), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("jid", sa.String(length=80), nullable=True),
        sa.Column("lid", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("state_since", sa.BigInteger(), nullable=False),
        sa.Column("evidence_at", sa.BigInteger(), nullable=True),
        sa.Column("limited_until", sa.BigInteger(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("session_folder", sa.String(length=64), nullable=False),
        sa.Column("sealed_journal_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_numbers_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_numbers"),
        sa.UniqueConstraint("account_id", "name", name="uq_numbers_account_id_name"),
        sa.UniqueConstraint("session_folder", name="uq_numbers_session_folder"),
    )
    op.create_index("ix_numbers_account_id", "numbers", ["account_id"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("number_id", sa.String(length=40), nullable=True),
        sa.Column("chat", sa.String(length=80), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_outbox_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_account_id", "outbox", ["account_id"], unique=False)
    op.create_index("ix_outbox_expires_at", "outbox", ["expires_at"], unique=False)


def _early_receipts() -> None:
    op.create_table(
        "early_receipts",
        sa.Column("number_id", sa.String(length=40), nullable=False),
        sa.Column("wa_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name="fk_early_receipts_number_id_numbers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number_id", "wa_id", "kind", name="pk_early_receipts"),
    )
    op.create_index("ix_early_receipts_stored_at", "early_receipts", ["stored_at"], unique=False)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("number_id", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("chat", sa.String(length=80), nullable=False),
        sa.Column("peer_phone", sa.String(length=20), nullable=True),
        sa.Column("peer_lid", sa.String(length=80), nullable=True),
        sa.Column("sender", sa.String(length=80), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("wa_id", sa.String(length=80), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_detail", sa.String(length=400), nullable=True),
        sa.Column("custom", sa.String(length=4096), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("sending_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("unconfirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_messages_account_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name="fk_messages_number_id_numbers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_messages"),
        sa.UniqueConstraint("id", name="uq_messages_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_account_seq", "messages", ["account_id", "seq"], unique=False)
    op.create_index(
        "ix_messages_queue",
        "messages",
        ["number_id", "status", "seq"],
        unique=False,
        sqlite_where=sa.text("status IN ('accepted', 'sending')"),
        postgresql_where=sa.text("status IN ('accepted', 'sending')"),
    )
    op.create_index("ix_messages_wa", "messages", ["number_id", "wa_id"], unique=False)
    op.create_index(
        "uq_messages_inbound",
        "messages",
        ["number_id", "chat", "sender", "wa_id"],
        unique=True,
        sqlite_where=sa.text("direction = 'inbound'"),
        postgresql_where=sa.text("direction = 'inbound'"),
    )


def _placements() -> None:
    op.create_table(
        "placements",
        sa.Column("number_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("host_id", sa.String(length=40), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("taken_seq", sa.BigInteger(), nullable=False),
        sa.Column("journal_since", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("placed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_placements_account_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name="fk_placements_number_id_numbers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number_id", name="pk_placements"),
    )
    op.create_index("ix_placements_account_id", "placements", ["account_id"], unique=False)


def _bodies() -> None:
    op.create_table(
        "bodies",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_bodies_message_id_messages", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_bodies"),
    )
    op.create_index("ix_bodies_expires_at", "bodies", ["expires_at"], unique=False)
