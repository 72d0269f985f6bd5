"""First answers to requests that came with an `Idempotency-Key`, kept so that a repeated one gets the same."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, PrimaryKeyConstraint, SmallInteger, String, Table

from messageapi.store.tables.metadata import metadata

idempotency = Table(
    "idempotency",
    metadata,
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("place", LargeBinary(32), nullable=False),  # of the route and the caller's key, under the account's key
    Column("fingerprint", LargeBinary(32), nullable=False),  # of the request, under the account's key
    Column("message_id", String(36)),  # the message that was accepted, where the answer tells what became of it
    Column("status", SmallInteger),  # None: the answer is not known yet
    Column("content_type", String(60)),
    Column("answer", LargeBinary),
    Column("pending_until", BigInteger),  # without an answer by then, whoever was to give it is gone
    Column("expires_at", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("account_id", "place"),
)
