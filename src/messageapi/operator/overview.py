"""The whole server in one look: does it answer, what waits, which hosts are there."""

import msgspec

from messageapi.health.check import SILENT_MS
from messageapi.operator import rows
from messageapi.web.doors import Doors


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """`underway`: messages by status. `deliveries`: events that wait for an endpoint."""

    accounts: int
    numbers: dict[str, int]
    underway: dict[str, int]
    deliveries: int
    hosts: list[rows.Host]
    silent_since: int
    """A host that was last heard before this is taken for gone."""


async def overview(doors: Doors) -> Overview:
    async with doors.db.reading() as tx:
        return Overview(
            accounts=await rows.count_accounts(tx),
            numbers=await rows.numbers_by_state(tx),
            underway=await rows.messages_underway(tx),
            deliveries=await rows.deliveries_underway(tx),
            hosts=await rows.every_host(tx),
            silent_since=doors.clock() - SILENT_MS,
        )
