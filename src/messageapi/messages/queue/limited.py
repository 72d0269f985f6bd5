"""What WhatsApp's limit on a number holds back: messages to people who do not know it are parked until it is over.

Who wrote to the number, or got something from it, is known; groups, channels and the status always are.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from messageapi.contacts.person import PEOPLE
from messageapi.messages.queue import rows
from messageapi.messages.queue.entry import Standing, Waiting
from messageapi.pacing.limits import paced
from messageapi.store.db import Tx


class Holds(NamedTuple):
    """What a limit holds now."""

    everything: bool = False
    strangers_until: int | None = None


def holds(standing: Standing, now: int) -> Holds:
    until = standing.limited_until or 0
    if standing.limit_code is None or until <= now:
        return Holds()
    return Holds(everything=True) if standing.limit_code == "everything" else Holds(strangers_until=until)


def strangers(waiting: Sequence[Waiting], known: Collection[int]) -> list[Waiting]:
    """Those that a limit on new contacts holds back."""
    return [each for each in waiting if each.chat.endswith(PEOPLE) and each.seq not in known]


async def let_through(tx: Tx, until: Mapping[str, int], waiting: dict[str, list[Waiting]]) -> set[str]:
    """Park what is for strangers of these numbers, each until its time; `waiting` loses it. The numbers it is of."""
    seen = [each for number_id in until for each in waiting.get(number_id, ())]
    if not seen:
        return set()
    held = strangers(seen, await rows.known(tx, until.keys(), seen))
    await rows.park_strangers(tx, [(each.seq, until[each.number_id]) for each in held])
    parked = {each.seq for each in held}
    for number_id in {each.number_id for each in held}:
        waiting[number_id] = [each for each in waiting[number_id] if each.seq not in parked]
    return {each.number_id for each in held}


async def welcome(tx: Tx, standings: Mapping[str, Standing], changed: Sequence[str], now: int) -> set[str]:
    """Who has just written, or got something, is no stranger any more: what was parked for them flows. The numbers that
    had some. `changed` are ids of messages.
    """
    parking = [number_id for number_id, each in standings.items() if each.parks and _parks_strangers(each, now)]
    met = await rows.met(tx, parking, changed) if parking and changed else {}
    return {number_id for number_id, people in met.items() if await rows.unpark_for(tx, number_id, people)}


def _parks_strangers(standing: Standing, now: int) -> bool:
    """By a limit of WhatsApp's, or by a budget of its own pace."""
    return holds(standing, now).strangers_until is not None or paced(standing.network, standing.paced)


async def look_anew(tx: Tx, number_id: str) -> None:
    """The number's limit has changed: whatever it held back is judged again."""
    await rows.unpark_strangers(tx, number_id)
