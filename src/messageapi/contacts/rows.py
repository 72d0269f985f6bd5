"""Reads and writes of contacts and opt-outs. Across accounts, for batches: nothing here reaches a caller unasked."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Insert, Integer, bindparam, delete, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from messageapi.contacts.person import Contact, Person, address_of
from messageapi.store.db import Tx
from messageapi.store.portions import portions
from messageapi.store.tables import contact_checks, contacts, opt_out_words, opt_outs

Values = dict[str, object]
_DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_ACCOUNTS: BindParameter[Any] = bindparam("accounts", expanding=True)

# Statements are made once: making one costs ten times as much as carrying it out.
_CONTACTS = select(*(contacts.c[name] for name in Contact.__struct_fields__)).where(
    contacts.c.account_id.in_(_ACCOUNTS), contacts.c.address.in_(_SOME)
)
_OPTED = {
    name: select(opt_outs.c.account_id, opt_outs.c.phone, opt_outs.c.lid).where(
        opt_outs.c.account_id.in_(_ACCOUNTS), opt_outs.c[name].in_(_SOME)
    )
    for name in ("phone", "lid")
}
_WORDS = select(opt_out_words.c.stop, opt_out_words.c.start).where(opt_out_words.c.account_id == bindparam("account"))

_KEY = (contacts.c.account_id, contacts.c.address)
_EXPIRE = delete(contacts).where(
    tuple_(*_KEY).in_(
        select(*_KEY).where(contacts.c.checked_at < bindparam("before")).limit(bindparam("most", type_=Integer))
    )
)


def _keeping(dialect: Any) -> Any:
    statement = dialect.insert(contacts).values({name: bindparam(name) for name in Contact.__struct_fields__})
    changed = ("jid", "lid", "on_whatsapp", "checked_at")
    return statement.on_conflict_do_update(
        index_elements=[contacts.c.account_id, contacts.c.address],
        set_={name: statement.excluded[name] for name in changed},
    )


_KEEP = {name: _keeping(dialect) for name, dialect in _DIALECTS.items()}


def _insert(tx: Tx, table: Any) -> Insert:
    found: Insert = _DIALECTS[tx.dialect].insert(table)
    return found


async def known(tx: Tx, account_ids: Collection[str], addresses: Collection[str]) -> list[Contact]:
    """What was kept of these addresses, however old."""
    found: list[Contact] = []
    for some in portions(addresses):
        rows = await tx.rows(_CONTACTS, {"accounts": sorted(account_ids), "some": some})
        found += [Contact(*row) for row in rows]
    return found


async def keep(tx: Tx, fresh: Iterable[Contact]) -> None:
    """In one order everywhere, so that two processes never wait for each other."""
    rows = [msgspec.structs.asdict(each) for each in sorted(fresh, key=lambda each: (each.account_id, each.address))]
    if rows:
        await tx.execute(_KEEP[tx.dialect], rows)


# --- how many were asked about -------------------------------------------------------------------------------------


async def checks(tx: Tx, number_id: str) -> tuple[int, int]:
    """When the number's hour began, and about how many it asked since then. Nobody else counts meanwhile."""
    fresh = {"number_id": number_id, "hour_from": 0, "asked": 0}
    await tx.execute(_insert(tx, contact_checks).on_conflict_do_nothing(), fresh)  # type: ignore[attr-defined]
    mine = select(contact_checks.c.hour_from, contact_checks.c.asked).where(contact_checks.c.number_id == number_id)
    row = await tx.row(mine.with_for_update())
    return (row.hour_from, row.asked) if row else (0, 0)


async def save_checks(tx: Tx, number_id: str, hour_from: int, asked: int) -> None:
    mine = update(contact_checks).where(contact_checks.c.number_id == number_id)
    await tx.execute(mine.values(hour_from=hour_from, asked=asked))


# --- opt-outs ------------------------------------------------------------------------------------------------------


async def opted_out(tx: Tx, people: Sequence[Person]) -> set[Person]:
    """Those of them who do not want bulk messages, by any of their addresses."""
    lids = await _lids(tx, people)
    accounts = sorted({each.account_id for each in people})
    by_phone = {phone for each in people for phone in each.phones}
    by_lid = {lid for each in people for lid in lids[each]}
    found: set[tuple[str, str]] = set()
    for name, wanted in (("phone", by_phone), ("lid", by_lid)):
        for some in portions(wanted):
            rows = await tx.rows(_OPTED[name], {"accounts": accounts, "some": some})
            found |= {(row.account_id, getattr(row, name)) for row in rows}
    return {each for each in people if any((each.account_id, one) in found for one in (*each.phones, *lids[each]))}


async def _lids(tx: Tx, people: Sequence[Person]) -> dict[Person, set[str]]:
    """Their hidden identities: the given ones, and those that are known of their phones."""
    addresses = {each: [address_of(phone) for phone in each.phones] for each in people}
    accounts = {each.account_id for each in people}
    of = {
        (each.account_id, each.address): each.lid
        for each in await known(tx, accounts, {one for some in addresses.values() for one in some})
    }
    return {
        each: {lid for lid in (each.lid, *(of.get((each.account_id, one)) for one in some)) if lid}
        for each, some in addresses.items()
    }


async def add_opt_out(tx: Tx, values: Values) -> bool:
    """False when one of the two addresses is on the list already."""
    statement = _insert(tx, opt_outs).on_conflict_do_nothing().returning(opt_outs.c.id)  # type: ignore[attr-defined]
    return (await tx.execute(statement, values)).first() is not None


async def drop_opt_outs(tx: Tx, person: Person) -> list[Person]:
    """Whoever they are of this person, in any form; who they were."""
    lids = (await _lids(tx, [person]))[person]
    same = or_(opt_outs.c.phone.in_(person.phones), opt_outs.c.lid.in_(sorted(lids)))
    gone = delete(opt_outs).where(opt_outs.c.account_id == person.account_id, same)
    rows = (await tx.execute(gone.returning(opt_outs.c.account_id, opt_outs.c.phone, opt_outs.c.lid))).all()
    return [Person(*row) for row in rows]


async def own_words(tx: Tx, account_id: str) -> tuple[list[str], list[str]] | None:
    """Plain; None for an account that has everybody's."""
    row = await tx.row(_WORDS, {"account": account_id})
    if row is None:
        return None
    return msgspec.json.decode(row.stop, type=list[str]), msgspec.json.decode(row.start, type=list[str])


async def save_words(tx: Tx, account_id: str, stop: Sequence[str], start: Sequence[str]) -> None:
    await drop_words(tx, account_id)
    row = {"account_id": account_id, "stop": _json(stop), "start": _json(start)}
    await tx.insert_many(opt_out_words, [row])


async def drop_words(tx: Tx, account_id: str) -> None:
    await tx.execute(delete(opt_out_words).where(opt_out_words.c.account_id == account_id))


def _json(words: Sequence[str]) -> str:
    return msgspec.json.encode(list(words)).decode()


async def expire(tx: Tx, checked_before: int, limit: int) -> int:
    """How many contacts went, `limit` at most."""
    return (await tx.execute(_EXPIRE, {"before": checked_before, "most": limit})).rowcount
