"""Who did what in an account, and when. Rows are written once."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from messageapi.store.tables.metadata import metadata

audit = Table(
    "audit",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("person_id", String(40)),  # who: a person, a key, or neither, which is the operator at the console
    Column("person_name", String(200)),  # as it was then: who has left is still known. Erase it with the person
    Column("key_id", String(40)),
    Column("action", String(60), nullable=False),
    Column("subject", String(80), nullable=False),  # id of what it was done to
    Column("facts", Text, nullable=False),  # JSON; no secret, no body
    Index("ix_audit_account_id_id", "account_id", "id"),
)
