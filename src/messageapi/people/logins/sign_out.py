"""Log out: the session is gone, and its token opens nothing."""

from messageapi.people import rows
from messageapi.people.token import hash_of
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors


async def sign_out(doors: Doors, token: str) -> None:
    """Doing it again changes nothing."""

    async def work(tx: Tx) -> None:
        await rows.end_login_of(tx, hash_of(token))

    await doors.db.writer.run(work)
