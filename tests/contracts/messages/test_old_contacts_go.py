"""What WhatsApp said of people long ago is forgotten, on each database."""

from typing import Any

from messageapi.contacts import rows
from messageapi.contacts.expire import KEPT_MS, expire
from messageapi.contacts.person import Contact

OLD, NEW = "491511111@s.whatsapp.net", "491522222@s.whatsapp.net"


async def test_only_contacts_nobody_asked_about_for_long_go(doors: Any, alice: Any) -> None:
    now = doors.clock()
    kept = [
        Contact(alice.account_id, address, address, None, on_whatsapp=True, checked_at=at)
        for address, at in ((OLD, now - KEPT_MS - 1), (NEW, now - KEPT_MS))
    ]
    await doors.db.writer.run(lambda tx: rows.keep(tx, kept))
    assert await doors.db.writer.run(lambda tx: expire(tx, now)) == 1
    assert await doors.db.writer.run(lambda tx: expire(tx, now)) == 0
    left = await doors.db.read(lambda tx: rows.known(tx, [alice.account_id], [OLD, NEW]))
    assert [each.address for each in left] == [NEW]
