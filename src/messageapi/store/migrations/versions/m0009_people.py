"""People, their accounts, sessions and second factors; the audit log; what narrows an API key."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NEW = ("audit", "tries", "recovery_codes", "passkeys", "invitations", "slips", "logins", "memberships", "people")


def upgrade() -> None:
    _people()
    _memberships()
    _logins()
    _slips()
    _invitations()
    _second_factors()
    _tries()
    _audit()
    for column in _of_keys():
        op.add_column("keys", column)


def downgrade() -> None:
    for column in reversed(_of_keys()):
        op.drop_column("keys", column.name)
    for table in _NEW:
        op.drop_table(table)


def _text(name: str, length: int = 40, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _bytes(name: str, length: int | None = None, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.LargeBinary(length=length), nullable=nullable)


def _flag(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Boolean(), nullable=False)


def _of(table: str, other: str) -> sa.ForeignKeyConstraint:
    """A row goes with the person or account it belongs to."""
    column = {"people": "person_id", "accounts": "account_id"}[other]
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", ondelete="CASCADE")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns], unique=False)


def _people() -> None:
    op.create_table(
        "people",
        _text("id"),
        _text("email", 320),
        _text("name", 200),
        _text("password", 200),
        _number("password_at"),
        _number("verified_at", nullable=True),
        _text("time_zone", 64),
        _text("language", 16),
        _flag("operator"),
        _bytes("sealed_key"),
        _bytes("totp", nullable=True),
        _number("totp_at", nullable=True),
        _number("totp_step", nullable=True),
        _number("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("email", name="uq_people_email"),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        _text("account_id"),
        _text("person_id"),
        _text("role", 10),
        _number("created_at"),
        _of("memberships", "accounts"),
        _of("memberships", "people"),
        sa.PrimaryKeyConstraint("account_id", "person_id", name="pk_memberships"),
    )
    _index("memberships", "person_id")


def _logins() -> None:
    op.create_table(
        "logins",
        _text("id"),
        _bytes("hash", 32),
        _text("person_id"),
        _text("account_id"),
        _text("address", 50),
        _text("agent", 200),
        _flag("second"),
        *(_number(name) for name in ("created_at", "seen_at", "fresh_at", "expires_at")),
        _of("logins", "people"),
        _of("logins", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_logins"),
        sa.UniqueConstraint("hash", name="uq_logins_hash"),
    )
    _index("logins", "person_id")
    _index("logins", "expires_at")


def _slips() -> None:
    op.create_table(
        "slips",
        _bytes("hash", 32),
        _text("kind", 20),
        _text("person_id", nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _number("created_at"),
        _number("expires_at"),
        _of("slips", "people"),
        sa.PrimaryKeyConstraint("hash", name="pk_slips"),
    )
    _index("slips", "person_id")
    _index("slips", "expires_at")


def _invitations() -> None:
    op.create_table(
        "invitations",
        _text("id"),
        _text("account_id"),
        _bytes("hash", 32),
        _text("email", 320),
        _text("role", 10),
        _text("invited_by", nullable=True),
        _number("created_at"),
        _number("expires_at"),
        _number("accepted_at", nullable=True),
        _number("revoked_at", nullable=True),
        _of("invitations", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("hash", name="uq_invitations_hash"),
    )
    _index("invitations", "account_id")


def _second_factors() -> None:
    op.create_table(
        "passkeys",
        _text("id"),
        _text("person_id"),
        _bytes("credential"),
        _bytes("public_key"),
        _number("signs"),
        _text("name", 100),
        _number("created_at"),
        _number("used_at", nullable=True),
        _of("passkeys", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential", name="uq_passkeys_credential"),
    )
    _index("passkeys", "person_id")
    op.create_table(
        "recovery_codes",
        _bytes("hash", 32),
        _text("person_id"),
        _number("created_at"),
        _number("used_at", nullable=True),
        _of("recovery_codes", "people"),
        sa.PrimaryKeyConstraint("hash", name="pk_recovery_codes"),
    )
    _index("recovery_codes", "person_id")


def _tries() -> None:
    op.create_table(
        "tries",
        _bytes("name", 32),
        sa.Column("count", sa.Integer(), nullable=False),
        _number("until"),
        sa.PrimaryKeyConstraint("name", name="pk_tries"),
    )
    _index("tries", "until")


def _audit() -> None:
    op.create_table(
        "audit",
        _text("id"),
        _text("account_id"),
        _number("at"),
        _text("person_id", nullable=True),
        _text("key_id", nullable=True),
        _text("action", 60),
        _text("subject", 80),
        sa.Column("facts", sa.Text(), nullable=False),
        _of("audit", "accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    _index("audit", "account_id", "id")


def _of_keys() -> "list[sa.Column[Any]]":
    return [
        sa.Column("numbers", sa.Text(), nullable=True),
        sa.Column("networks", sa.Text(), nullable=True),
        sa.Column("test", sa.Boolean(), nullable=False, server_default=sa.false()),
        _text("replaces", nullable=True),
    ]
