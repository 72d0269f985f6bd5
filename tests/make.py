"""Makes what tests need: one keyword-only function per noun."""

from sqlalchemy import update

from messageapi.accounts.create import create_account
from messageapi.bus.subjects import BELL_MESSAGE
from messageapi.keys.create import CreatedKey, create_key
from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import TextMessage
from messageapi.numbers.create import create
from messageapi.store.db import Tx
from messageapi.store.tables import messages, numbers, placements
from messageapi.vocab.caller import SCOPES, Caller, operator_for
from messageapi.web.doors import Doors


async def make_account(doors: Doors, *, name: str) -> Caller:
    """An account, as the operator sees it."""
    return operator_for(await create_account(doors, name=name, email=f"{name.lower()}@example.com"))


async def make_key(
    doors: Doors,
    owner: Caller,
    *,
    scopes: tuple[str, ...] = SCOPES,
    in_link: bool = False,
    expires_at: int | None = None,
) -> CreatedKey:
    return await create_key(doors, owner, name="test", scopes=scopes, in_link=in_link, expires_at=expires_at)


async def make_number(
    doors: Doors, owner: Caller, *, name: str = "Shop", phone: str | None = "+4915111111111", state: str = "connected"
) -> str:
    """A number's id. With a phone it counts as linked."""
    number = await create(doors, owner, name=name, network="sandbox")
    jid = f"{phone[1:]}:1@s.whatsapp.net" if phone else None
    await _set(doors, update(numbers).where(numbers.c.id == number.id).values(state=state, phone=phone, jid=jid))
    return number.id


async def make_placement(doors: Doors, number_id: str, *, host_id: str) -> None:
    """The number is held by this host, in its first epoch."""
    held = {"host_id": host_id, "epoch": 1, "wanted": True}
    await _set(doors, update(placements).where(placements.c.number_id == number_id).values(**held))


async def make_message(doors: Doors, owner: Caller, *, to: str = "+4915222222222", text: str = "Hello") -> str:
    """The id of an accepted message."""
    return (await send(doors, owner, TextMessage(to=to, text=text))).id


async def make_status(doors: Doors, message_id: str, *, status: str, error: tuple[str, str] | None = None) -> None:
    """What the worker would have written when WhatsApp answered."""
    code, detail = error or (None, None)
    values = {"status": status, "error_code": code, "error_detail": detail}
    await _set(doors, update(messages).where(messages.c.id == message_id).values(**values))
    doors.bells.ring(BELL_MESSAGE, message_id)


async def _set(doors: Doors, statement: object) -> None:
    async def work(tx: Tx) -> None:
        await tx.execute(statement)  # type: ignore[arg-type]

    await doors.db.writer.run(work)
