"""Questions of people, and what they were answered. Address and words are sealed."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table

from messageapi.store.tables.metadata import metadata

support_requests = Table(
    "support_requests",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), index=True),  # None: not signed in
    Column("sealed", LargeBinary, nullable=False),
    Column("sender", LargeBinary(32), nullable=False),  # by which the same address is known again, and nothing else
    Column("state", String(10), nullable=False),  # open | answered | closed
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False, index=True),
    Index("ix_support_requests_sender", "sender", "created_at"),
)

support_answers = Table(
    "support_answers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("request_id", String(40), ForeignKey("support_requests.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
