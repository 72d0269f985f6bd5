"""API keys: only a SHA-256 of the secret, found by its public lookup part."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, String, Table

from messageapi.store.tables.metadata import metadata

keys = Table(
    "keys",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("lookup", String(16), nullable=False, unique=True),  # first characters of the secret, enough to find the row
    Column("hash", LargeBinary(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("scopes", String(400), nullable=False),  # space-separated
    Column("in_link", Boolean, nullable=False),  # may be used as ?apikey= on /send.php
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("last_used_at", BigInteger),
)
