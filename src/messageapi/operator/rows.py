"""What the operator sees over all accounts, which no caller may: who they are and how much there is, and no content."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import ScalarSelect, Table, func, literal_column, or_, select

from messageapi.store.tables import accounts, deliveries, hosts, memberships, messages, numbers
from messageapi.store.tx import Tx

MOST = 1_000  # hosts in one answer


class Account(msgspec.Struct, frozen=True):
    """An account without its key."""

    id: str
    name: str
    email: str
    created_at: int


async def accounts_after(tx: Tx, most: int, after: str = "") -> list[Account]:
    """Oldest first, as ids grow with time; those behind the account `after`."""
    columns = [accounts.c[name] for name in Account.__struct_fields__]
    page = select(*columns).where(accounts.c.id > after).order_by(accounts.c.id).limit(most)
    return [Account(*row) for row in await tx.rows(page)]


class AccountLine(msgspec.Struct, frozen=True):
    """An account in a list."""

    id: str
    name: str
    email: str
    created_at: int
    numbers: int
    members: int


class NumberLine(msgspec.Struct, frozen=True):
    """A number in the list over all accounts."""

    id: str
    name: str
    network: str
    phone: str | None
    state: str
    reason: str | None
    state_since: int
    account_id: str
    account: str


class Host(msgspec.Struct, frozen=True):
    """An engine host, as it last reported."""

    id: str
    network: str
    capacity: int
    sessions: int
    pid: int
    beat_at: int
    stopping: bool


def _count_of(table: Table) -> ScalarSelect[int]:
    mine = select(func.count()).select_from(table).where(table.c.account_id == accounts.c.id)
    return mine.correlate(accounts).scalar_subquery()


async def account_page(tx: Tx, search: str, before: str | None, limit: int) -> list[AccountLine]:
    """Newest first. `search`: part of the name or the email, or the id."""
    columns = [accounts.c[name] for name in AccountLine.__struct_fields__[:4]]
    statement = select(*columns, _count_of(numbers), _count_of(memberships))
    if search:
        part = [column.icontains(search, autoescape=True) for column in (accounts.c.name, accounts.c.email)]
        statement = statement.where(or_(*part, accounts.c.id == search))
    if before is not None:
        statement = statement.where(accounts.c.id < before)
    return [AccountLine(*row) for row in await tx.rows(statement.order_by(accounts.c.id.desc()).limit(limit))]


async def account(tx: Tx, account_id: str) -> Account | None:
    columns = [accounts.c[name] for name in Account.__struct_fields__]
    row = await tx.row(select(*columns).where(accounts.c.id == account_id))
    return None if row is None else Account(*row)


async def number_page(tx: Tx, states: Sequence[str], before: str | None, limit: int) -> list[NumberLine]:
    """Newest first, of all accounts; without `states` in any."""
    columns = [numbers.c[name] for name in NumberLine.__struct_fields__[:-1]]
    statement = select(*columns, accounts.c.name).join(accounts, accounts.c.id == numbers.c.account_id)
    if states:
        statement = statement.where(numbers.c.state.in_(states))
    if before is not None:
        statement = statement.where(numbers.c.id < before)
    return [NumberLine(*row) for row in await tx.rows(statement.order_by(numbers.c.id.desc()).limit(limit))]


async def numbers_by_state(tx: Tx) -> dict[str, int]:
    counted = select(numbers.c.state, func.count()).group_by(numbers.c.state)
    return {str(state): int(many) for state, many in await tx.rows(counted)}


async def every_host(tx: Tx) -> list[Host]:
    """Those that reported last come first."""
    columns = [hosts.c[name] for name in Host.__struct_fields__]
    return [Host(*row) for row in await tx.rows(select(*columns).order_by(hosts.c.beat_at.desc()).limit(MOST))]


async def count_accounts(tx: Tx) -> int:
    return int(await tx.scalar(select(func.count()).select_from(accounts)))


async def messages_underway(tx: Tx) -> dict[str, int]:
    """Those that are to be sent or being sent, by status. The conditions are those of indexes, so it stays cheap."""
    going = messages.c.status.in_([literal_column("'accepted'"), literal_column("'sending'")])
    planned = messages.c.status == literal_column("'scheduled'")
    found = {"scheduled": 0, "accepted": 0, "sending": 0}
    for here in (going, planned):
        counted = select(messages.c.status, func.count()).where(here).group_by(messages.c.status)
        found |= {status: int(many) for status, many in await tx.rows(counted)}
    return found


async def deliveries_underway(tx: Tx) -> int:
    """Events that wait for an endpoint."""
    found = 0
    for state in ("ready", "waiting"):
        here = deliveries.c.state == literal_column(f"'{state}'")
        found += int(await tx.scalar(select(func.count()).select_from(deliveries).where(here)))
    return found
