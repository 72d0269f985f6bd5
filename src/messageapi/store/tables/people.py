"""People who log in, the accounts they belong to, their sessions and second factors. Secrets are stored as hashes, or
sealed under the person's own key.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from messageapi.store.tables.metadata import metadata

_ID = String(40)

people = Table(
    "people",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("email", String(320), nullable=False, unique=True),  # in small letters
    Column("name", String(200), nullable=False),
    Column("password", String(200), nullable=False),  # Argon2id, with its parameters
    Column("password_at", BigInteger, nullable=False),
    Column("verified_at", BigInteger),  # the email is theirs
    Column("time_zone", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("operator", Boolean, nullable=False),  # may see the operator's pages
    Column("sealed_key", LargeBinary, nullable=False),  # the person's own, under the master key
    Column("totp", LargeBinary),  # sealed secret
    Column("totp_at", BigInteger),  # confirmed with a code; before that it does not count
    Column("totp_step", BigInteger),  # the last one used: no code works twice
    Column("created_at", BigInteger, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("account_id", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", _ID, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", String(10), nullable=False),  # owner | admin | viewer
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("account_id", "person_id"),
)

logins = Table(
    "logins",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),  # SHA-256 of the token
    Column("person_id", _ID, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("address", String(50), nullable=False),
    Column("agent", String(200), nullable=False),
    Column("second", Boolean, nullable=False),  # a second factor was shown
    Column("access_id", _ID),  # an operator looks at another account: see accesses
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("fresh_at", BigInteger, nullable=False),  # when the password was shown last
    Column("expires_at", BigInteger, nullable=False, index=True),
)

slips = Table(
    "slips",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),  # SHA-256 of the token
    Column("kind", String(20), nullable=False),
    Column("person_id", _ID, ForeignKey("people.id", ondelete="CASCADE"), index=True),
    Column("facts", Text, nullable=False),  # JSON
    Column("tries", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("account_id", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("email", String(320), nullable=False),
    Column("role", String(10), nullable=False),
    Column("invited_by", _ID),  # a person; None: the operator
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("accepted_at", BigInteger),
    Column("revoked_at", BigInteger),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("person_id", _ID, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("signs", BigInteger, nullable=False),  # the counter of the authenticator
    Column("name", String(100), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),  # SHA-256 of person and code
    Column("person_id", _ID, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

tries = Table(
    "tries",
    metadata,
    Column("name", LargeBinary(32), primary_key=True),  # SHA-256 of what is counted: an address, an email
    Column("count", Integer, nullable=False),
    Column("until", BigInteger, nullable=False, index=True),  # then it counts from nothing again
)
