"""Whole-server reads, across accounts: whether numbers are to be held and whether hosts are there to hold them."""

from sqlalchemy import exists, select

from messageapi.store.tables import hosts, placements
from messageapi.store.tx import Tx


async def numbers_wanted(tx: Tx) -> bool:
    return bool(await tx.scalar(select(exists().where(placements.c.wanted))))


async def host_heard(tx: Tx, since: int) -> bool:
    """Did any engine host report after this time?"""
    return bool(await tx.scalar(select(exists().where(hosts.c.beat_at >= since, hosts.c.stopping.is_(False)))))
