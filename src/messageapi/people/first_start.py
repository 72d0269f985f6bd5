"""The first person of a server: by a link that only its console shows, once. They own its first account and see the
operator's pages.
"""

from messageapi.audit.note import note
from messageapi.errors import Problem
from messageapi.people import rows, slips
from messageapi.people.logins.session import Begun, begin
from messageapi.people.person import Newcomer, SeenFrom, checked, row_of
from messageapi.store.tx import Tx
from messageapi.vocab.caller import owner_of
from messageapi.web.doors import Doors

PATH = "/first-start"


async def first_start_link(doors: Doors, account_id: str) -> str | None:
    """A new link, the older ones are void; None when there is an operator."""

    async def work(tx: Tx) -> str | None:
        if await rows.has_operator(tx):
            return None
        return await slips.write(tx, "start", doors.clock(), facts={"account": account_id})

    token = await doors.db.writer.run(work)
    return f"{doors.settings.base_url}{PATH}?token={token}" if token else None


async def check_link(doors: Doors, token: str) -> None:
    """Before the form is shown. Raise Problem link_invalid."""
    await doors.db.read(lambda tx: slips.read(tx, "start", token, doors.clock()))


async def become_operator(doors: Doors, token: str, newcomer: Newcomer, *, seen_from: SeenFrom) -> Begun:
    """No mail proves the email: who sees the console owns the server."""
    await check_link(doors, token)
    now = doors.clock()
    row = row_of(doors, {**await checked(newcomer), "operator": True, "verified_at": now})
    person_id = str(row["id"])

    async def work(tx: Tx) -> Begun:
        account_id = (await slips.use(tx, "start", token, now)).facts["account"]
        if not await rows.insert_person(tx, row):
            raise Problem("email_taken", 409, "Somebody has this email already. Use another one.")
        await rows.join(tx, account_id, person_id, "owner", now)
        caller = owner_of(account_id, person_id)
        await note(tx, caller, "person.became_operator", person_id, now=now)
        return await begin(tx, doors, person_id, account_id, seen_from=seen_from)

    return await doors.db.writer.run(work)
