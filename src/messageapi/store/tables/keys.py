"""API keys: only a SHA-256 of the secret, found by its public lookup part."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, String, Table, Text, false

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
    Column("numbers", Text),  # JSON list of ids; None: all
    Column("networks", Text),  # JSON list of networks it may come from; None: any
    Column("test", Boolean, nullable=False, server_default=false()),  # reaches sandbox numbers alone
    Column("replaces", String(40)),  # the key that was rotated into this one
)
