"""How fast numbers send, what is known of people, and who opted out."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.String(length=40)
_JID = sa.String(length=80)


def upgrade() -> None:
    for table, column in _added():
        op.add_column(table, column)
    _pacing()
    _contacts()


def downgrade() -> None:
    for table in ("opt_out_words", "opt_outs", "contacts", "acquaintances", "paces"):
        op.drop_table(table)
    for table, column in reversed(_added()):
        op.drop_column(table, column.name)


def _added() -> "list[tuple[str, sa.Column[Any]]]":
    return [
        ("numbers", sa.Column("linked_at", sa.BigInteger(), nullable=True)),
        ("numbers", sa.Column("paced", sa.Boolean(), nullable=True)),
        ("numbers", sa.Column("shows_typing", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("messages", sa.Column("bulk", sa.Boolean(), nullable=False, server_default=sa.false())),
    ]


def _of(table: str, parent: str) -> sa.ForeignKeyConstraint:
    """Its rows go with the account or the number."""
    column = f"{parent[:-1]}_id"
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=f"fk_{table}_{column}_{parent}", ondelete="CASCADE")


def _pacing() -> None:
    windows = [
        sa.Column(f"{name}_{what}", kind(), nullable=False)
        for name in ("minute", "hour", "day", "new")
        for what, kind in (("from", sa.BigInteger), ("used", sa.Integer))
    ]
    op.create_table(
        "paces",
        sa.Column("number_id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("limits", sa.String(length=1000), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        *windows,
        _of("paces", "numbers"),
        _of("paces", "accounts"),
        sa.PrimaryKeyConstraint("number_id", name="pk_paces"),
    )
    op.create_index("ix_paces_account_id", "paces", ["account_id"], unique=False)
    op.create_table(
        "acquaintances",
        sa.Column("number_id", _ID, nullable=False),
        sa.Column("address", _JID, nullable=False),
        _of("acquaintances", "numbers"),
        sa.PrimaryKeyConstraint("number_id", "address", name="pk_acquaintances"),
    )


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("address", _JID, nullable=False),
        sa.Column("jid", _JID, nullable=True),
        sa.Column("lid", _JID, nullable=True),
        sa.Column("on_whatsapp", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        _of("contacts", "accounts"),
        sa.PrimaryKeyConstraint("account_id", "address", name="pk_contacts"),
    )
    op.create_table(
        "opt_outs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("lid", _JID, nullable=True),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _of("opt_outs", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_opt_outs"),
        sa.UniqueConstraint("account_id", "phone", name="uq_opt_outs_account_id_phone"),
        sa.UniqueConstraint("account_id", "lid", name="uq_opt_outs_account_id_lid"),
    )
    op.create_table(
        "opt_out_words",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("stop", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        _of("opt_out_words", "accounts"),
        sa.PrimaryKeyConstraint("account_id", name="pk_opt_out_words"),
    )
