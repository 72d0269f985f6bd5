"""Emails that never left this machine, for a page that developers look at."""

from messageapi.mail.port import Email
from messageapi.web.doors import Doors


async def newest(doors: Doors, most: int = 50) -> list[Email] | None:
    """Newest first; None where emails are really sent, and there must be no such page. Raise MailError."""
    return await doors.mail.newest(most)
