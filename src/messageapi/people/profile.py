"""A person's name, time zone and language."""

from messageapi.people import rows
from messageapi.people.logins.session import SignedIn
from messageapi.people.person import valid_language, valid_name, valid_time_zone
from messageapi.people.trail import trail
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors


async def change_profile(
    doors: Doors, who: SignedIn, *, name: str | None = None, time_zone: str | None = None, language: str | None = None
) -> None:
    """What is None stays as it is."""
    values: dict[str, str] = {}
    if name is not None:
        values["name"] = valid_name(name)
    if time_zone is not None:
        values["time_zone"] = valid_time_zone(time_zone)
    if language is not None:
        values["language"] = valid_language(language)
    if not values:
        return

    async def work(tx: Tx) -> None:
        await rows.change(tx, who.person_id, **values)
        await trail(tx, who.person_id, "person.changed", {**values}, now=doors.clock())

    await doors.db.writer.run(work)
