"""Rows of people, memberships, logins, slips and tries, most of them reached before there is a caller."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, Label, case, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from messageapi.people.person import Person
from messageapi.store.tables import accesses, accounts, invitations, logins, memberships, passkeys, people, slips, tries
from messageapi.store.tx import AnyRow, Tx
from messageapi.vocab.caller import Caller

_PERSON = [people.c[name] for name in Person.__struct_fields__]
_SLIP = [slips.c[name] for name in ("hash", "kind", "person_id", "facts", "tries", "created_at", "expires_at")]

ANSWERED_WITHIN = 7 * 86_400_000
"""An operator who asked to look at an account asks again after that."""
WAITING = invitations.c.accepted_at.is_(None) & invitations.c.revoked_at.is_(None)
"""Neither accepted nor revoked; whether it has expired is for who asks."""


class Membership(msgspec.Struct, frozen=True):
    """An account a person may act in."""

    account_id: str
    name: str
    role: str


class Invited(msgspec.Struct, frozen=True):
    """An open invitation; `account` is the account's name."""

    id: str
    account_id: str
    account: str
    email: str
    role: str


async def insert_person(tx: Tx, values: dict[str, object]) -> bool:
    """False when somebody has this email."""
    dialect = sqlite if tx.dialect == "sqlite" else postgresql
    statement = dialect.insert(people).values(values).on_conflict_do_nothing().returning(people.c.id)
    return (await tx.execute(statement)).first() is not None


async def person(tx: Tx, person_id: str) -> Person | None:
    return _person(await tx.row(select(*_PERSON).where(people.c.id == person_id)))


async def known_person(tx: Tx, person_id: str) -> Person:
    """Whose rows were found just before, in the same transaction."""
    return Person(*(await tx.rows(select(*_PERSON).where(people.c.id == person_id)))[0])


async def verify(tx: Tx, person_id: str, now: int) -> None:
    """Their email is proved, if it was not before."""
    unproved = (people.c.id == person_id) & people.c.verified_at.is_(None)
    await tx.execute(update(people).where(unproved).values(verified_at=now))


async def by_email(tx: Tx, email: str) -> Person | None:
    return _person(await tx.row(select(*_PERSON).where(people.c.email == email)))


async def change(tx: Tx, person_id: str, **values: object) -> None:
    await tx.execute(update(people).where(people.c.id == person_id).values(**values))


async def has_passkey(tx: Tx, person_id: str) -> bool:
    return (await tx.scalar(select(passkeys.c.id).where(passkeys.c.person_id == person_id).limit(1))) is not None


async def has_operator(tx: Tx) -> bool:
    return (await tx.scalar(select(people.c.id).where(people.c.operator).limit(1))) is not None


async def join(tx: Tx, account_id: str, person_id: str, role: str, now: int) -> bool:
    """False when they belong to the account already."""
    dialect = sqlite if tx.dialect == "sqlite" else postgresql
    values = {"account_id": account_id, "person_id": person_id, "role": role, "created_at": now}
    statement = dialect.insert(memberships).values(values).on_conflict_do_nothing().returning(memberships.c.person_id)
    return (await tx.execute(statement)).first() is not None


async def memberships_of(tx: Tx, person_id: str) -> list[Membership]:
    """Oldest first: a person's own account before those they were invited to."""
    columns = (memberships.c.account_id, accounts.c.name, memberships.c.role)
    found = select(*columns).join(accounts, accounts.c.id == memberships.c.account_id)
    order = (memberships.c.created_at, memberships.c.account_id)
    return [
        Membership(*row) for row in await tx.rows(found.where(memberships.c.person_id == person_id).order_by(*order))
    ]


async def account_name(tx: Tx, caller: Caller) -> str:
    return str(await tx.scalar(tx.of(caller).select(accounts, accounts.c.name)))


async def lock_memberships(tx: Tx, caller: Caller) -> None:
    """Until the transaction ends nobody else changes who owns the account."""
    await tx.execute(tx.of(caller).select(memberships, memberships.c.person_id).with_for_update())


async def change_membership(tx: Tx, caller: Caller, person_id: str, role: str) -> None:
    mine = tx.of(caller).update(memberships).where(memberships.c.person_id == person_id)
    await tx.execute(mine.values(role=role))


async def delete_membership(tx: Tx, caller: Caller, person_id: str) -> None:
    await tx.execute(tx.of(caller).delete(memberships).where(memberships.c.person_id == person_id))


async def end_logins_in(tx: Tx, caller: Caller, person_id: str) -> None:
    there = (logins.c.account_id == caller.account_id) & (logins.c.person_id == person_id)
    await tx.execute(delete(logins).where(there))


async def insert_invitation(tx: Tx, caller: Caller, values: dict[str, Any]) -> None:
    await tx.execute(tx.of(caller).insert(invitations, **values))


async def revoke_invitations(tx: Tx, caller: Caller, email: str, now: int) -> None:
    sent = tx.of(caller).update(invitations).where(invitations.c.email == email, WAITING)
    await tx.execute(sent.values(revoked_at=now))


async def revoke_invitations_by(tx: Tx, caller: Caller, person_id: str, now: int) -> None:
    """Those that this member sent."""
    theirs = tx.of(caller).update(invitations).where(invitations.c.invited_by == person_id, WAITING)
    await tx.execute(theirs.values(revoked_at=now))


async def invited(tx: Tx, token_hash: bytes, now: int) -> Invited | None:
    """Found by its link, before there is a caller."""
    return await _invited(tx, invitations.c.hash == token_hash, now)


async def invitation_to(tx: Tx, email: str, now: int) -> Invited | None:
    """The newest one to somebody who has shown that the address is theirs."""
    return await _invited(tx, invitations.c.email == email, now)


async def _invited(tx: Tx, which: ColumnElement[bool], now: int) -> Invited | None:
    columns = (invitations.c.id, invitations.c.account_id, accounts.c.name, invitations.c.email, invitations.c.role)
    found = select(*columns).join(accounts, accounts.c.id == invitations.c.account_id)
    found = found.where(which, WAITING, invitations.c.expires_at > now)
    row = await tx.row(found.order_by(invitations.c.id.desc()).limit(1))
    return Invited(*row) if row else None


async def accept_invitation(tx: Tx, invitation_id: str, now: int) -> None:
    await tx.execute(update(invitations).where(invitations.c.id == invitation_id).values(accepted_at=now))


async def insert_login(tx: Tx, values: dict[str, object]) -> None:
    await tx.execute(insert(logins).values(values))


async def login(tx: Tx, token_hash: bytes, now: int) -> AnyRow | None:
    """The session, its person, and their role in its account; nothing once they no longer belong to it. And the account
    that an operator looks at, while that is granted to them.
    """
    with_role = logins.join(people, people.c.id == logins.c.person_id).join(
        memberships,
        (memberships.c.person_id == logins.c.person_id) & (memberships.c.account_id == logins.c.account_id),
    )
    mine = (accesses.c.id == logins.c.access_id) & (accesses.c.asked_by == logins.c.person_id) & people.c.operator
    looking = with_role.outerjoin(accesses, mine & granted(accesses, now))
    columns = (
        *_PERSON,
        logins.c.id,
        logins.c.account_id,
        logins.c.second,
        logins.c.seen_at,
        logins.c.fresh_at,
        logins.c.expires_at,
        memberships.c.role,
        accesses.c.id,
        accesses.c.account_id,
        accesses.c.until,
        accounts.c.name,
    )
    named = [column.label(f"{column.table.name}_{column.name}") for column in columns]  # two tables have an id
    whole = looking.outerjoin(accounts, accounts.c.id == accesses.c.account_id)
    keys = exists().where(passkeys.c.person_id == logins.c.person_id).label("has_passkey")
    found = select(*named, keys, *_accesses_to_own(now)).select_from(whole)
    return await tx.row(found.where(logins.c.hash == token_hash))


def granted(access: FromClause, now: int) -> ColumnElement[bool]:
    """And neither ended nor over."""
    return access.c.granted_at.is_not(None) & access.c.ended_at.is_(None) & (access.c.until > now)


def asked(access: FromClause, now: int) -> ColumnElement[bool]:
    """It waits for an answer, and is not too old for one."""
    waits = access.c.granted_at.is_(None) & access.c.ended_at.is_(None)
    return waits & (access.c.asked_at > now - ANSWERED_WITHIN)


def _accesses_to_own(now: int) -> tuple[Label[bool], Label[int]]:
    """Does an operator ask to look at the session's account, and until when may one?"""
    other = accesses.alias()
    here = other.c.account_id == logins.c.account_id
    until = select(func.max(other.c.until)).where(here, granted(other, now)).correlate(logins).scalar_subquery()
    return exists().where(here, asked(other, now)).correlate(logins).label("access_asked"), until.label("access_until")


async def change_login(tx: Tx, login_id: str, **values: object) -> None:
    await tx.execute(update(logins).where(logins.c.id == login_id).values(**values))


async def end_logins(tx: Tx, person_id: str, *, but: str | None = None) -> int:
    statement = delete(logins).where(logins.c.person_id == person_id).returning(logins.c.id)
    if but is not None:
        statement = statement.where(logins.c.id != but)
    return len((await tx.execute(statement)).all())


async def end_own_login(tx: Tx, person_id: str, login_id: str) -> bool:
    mine = (logins.c.person_id == person_id) & (logins.c.id == login_id)
    return (await tx.execute(delete(logins).where(mine).returning(logins.c.id))).first() is not None


async def end_login_of(tx: Tx, token_hash: bytes) -> None:
    await tx.execute(delete(logins).where(logins.c.hash == token_hash))


async def logins_of(tx: Tx, person_id: str, now: int, seen_after: int) -> Sequence[AnyRow]:
    columns = (logins.c.id, logins.c.address, logins.c.agent, logins.c.created_at, logins.c.seen_at)
    alive = (logins.c.expires_at > now) & (logins.c.seen_at > seen_after)
    found = select(*columns).where(logins.c.person_id == person_id, alive)
    return await tx.rows(found.order_by(logins.c.seen_at.desc(), logins.c.id.desc()))


async def insert_slip(tx: Tx, values: dict[str, object]) -> None:
    await tx.execute(insert(slips).values(values))


async def slip(tx: Tx, token_hash: bytes) -> AnyRow | None:
    return await tx.row(select(*_SLIP).where(slips.c.hash == token_hash))


async def try_slip(tx: Tx, token_hash: bytes) -> None:
    await tx.execute(update(slips).where(slips.c.hash == token_hash).values(tries=slips.c.tries + 1))


async def delete_slip(tx: Tx, token_hash: bytes) -> bool:
    """False when another process was first."""
    statement = delete(slips).where(slips.c.hash == token_hash).returning(slips.c.hash)
    return (await tx.execute(statement)).first() is not None


async def lock_person(tx: Tx, person_id: str) -> None:
    """Whoever else wants to change them waits until this transaction has ended."""
    await tx.execute(select(people.c.id).where(people.c.id == person_id).with_for_update())


async def void_slips(tx: Tx, person_id: str | None, *kinds: str) -> None:
    """Of these kinds; without any, all."""
    statement = delete(slips).where(slips.c.person_id.is_not_distinct_from(person_id))
    await tx.execute(statement.where(slips.c.kind.in_(kinds)) if kinds else statement)


async def has_slip(tx: Tx, kind: str, person_id: str) -> bool:
    found = select(slips.c.hash).where(slips.c.kind == kind, slips.c.person_id == person_id).limit(1)
    return (await tx.scalar(found)) is not None


async def slips_of(tx: Tx, person_id: str, kinds: Sequence[str], now: int) -> Sequence[AnyRow]:
    """Those that still open something."""
    columns = (slips.c.kind, slips.c.facts, slips.c.created_at, slips.c.expires_at)
    mine = select(*columns).where(slips.c.person_id == person_id, slips.c.kind.in_(kinds), slips.c.expires_at > now)
    return await tx.rows(mine)


async def note_in_slip(tx: Tx, token_hash: bytes, facts: str) -> None:
    await tx.execute(update(slips).where(slips.c.hash == token_hash).values(facts=facts))


async def count_try(tx: Tx, name: bytes, now: int, until: int) -> int:
    """With this one, since the count began."""
    dialect = sqlite if tx.dialect == "sqlite" else postgresql
    over = tries.c.until <= now
    statement = dialect.insert(tries).values(name=name, count=1, until=until)
    counted: Any = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"count": case((over, 1), else_=tries.c.count + 1), "until": case((over, until), else_=tries.c.until)},
    ).returning(tries.c.count)
    return int(await tx.scalar(counted))


async def was_tried(tx: Tx, name: bytes, now: int) -> bool:
    return (await tx.scalar(select(tries.c.name).where(tries.c.name == name, tries.c.until > now))) is not None


async def forget_tries(tx: Tx, name: bytes) -> None:
    await tx.execute(delete(tries).where(tries.c.name == name))


async def expire(tx: Tx, now: int, seen_before: int, most: int) -> int:
    """Of each table at most so many; how many went."""
    over = {
        slips.c.hash: slips.c.expires_at <= now,
        tries.c.name: tries.c.until <= now,
        invitations.c.id: invitations.c.expires_at <= now,
        accesses.c.id: ~(granted(accesses, now) | asked(accesses, now)),
        logins.c.id: (logins.c.expires_at <= now) | (logins.c.seen_at <= seen_before),
    }
    gone = 0
    for key, condition in over.items():
        some = select(key).where(condition).limit(most)
        gone += len((await tx.execute(delete(key.table).where(key.in_(some)).returning(key))).all())
    return gone


def _person(row: AnyRow | None) -> Person | None:
    return Person(*row) if row else None
