"""Accounts that let an operator of the server look at them: asked for, granted for a time, ended."""

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from messageapi.store.tables.metadata import metadata

_ID = String(40)

accesses = Table(
    "accesses",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("account_id", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("asked_by", _ID, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("asked_name", String(200), nullable=False),  # as it was then
    Column("reason", String(500), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("granted_at", BigInteger),  # by an owner or an admin; the audit log says who
    Column("until", BigInteger),
    Column("ended_at", BigInteger),  # or refused, where it was never granted
)
