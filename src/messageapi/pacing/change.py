"""Giving a number other limits. What it has used stays used."""

import msgspec

from messageapi.pacing import rows
from messageapi.pacing.schemas import PacingEdit
from messageapi.pacing.turns import Pace
from messageapi.store.db import Tx


async def change_limits(tx: Tx, pace: Pace, wishes: PacingEdit) -> None:
    """What is left out stays as it is."""
    given = {name: value for name, value in msgspec.structs.asdict(wishes).items() if value is not None}
    given.pop("on", None)
    if "new_contacts_per_day" in given:
        given["new_per_day"] = given.pop("new_contacts_per_day")
    if given:
        limits = msgspec.structs.replace(pace.limits, **given)
        await rows.save_limits(tx, msgspec.structs.replace(pace, limits=limits))
