"""The tenant.
`sealed_key` is the account's own key under the master key: without it nothing of the account can be opened.
"""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from messageapi.store.tables.metadata import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(320), nullable=False, unique=True),
    Column("default_country", String(2)),  # ISO 3166 region for numbers written without country code
    Column("sealed_key", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
