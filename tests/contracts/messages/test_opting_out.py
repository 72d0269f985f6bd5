"""Who writes STOP is put on the account's list in the transaction that receives, on each database."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, event, select

from messageapi.contacts import rows
from messageapi.contacts.person import Person
from messageapi.engines.port import Inbound
from messageapi.store.outbox import outbox_payload
from messageapi.store.tables import outbox
from messageapi.vocab.content import Letter, Text

LID = "90000000001@lid"
PHONE = "+551187654321"


def said(text: str, wa_id: str, *, chat: str = LID, phone: str = PHONE, kind: str = "text") -> Inbound:
    return Inbound(wa_id, chat, LID, phone, LID, "Somebody", kind, Letter(content=Text(text)), 1_795_348_800_000)


@pytest.fixture
def out(doors: Any, alice: Any) -> Callable[..., Awaitable[bool]]:
    """Whether somebody is on Alice's list."""

    async def asked(phone: str | None = None, lid: str | None = None) -> bool:
        async with doors.db.reading() as tx:
            return bool(await rows.opted_out(tx, [Person(alice.account_id, phone, lid)]))

    return asked


@pytest.fixture
def told(doors: Any, alice: Any) -> Callable[[], Awaitable[list[Any]]]:
    """What was told about contacts."""

    async def read() -> list[Any]:
        sealer = await doors.keyring.sealer(alice.account_id)
        async with doors.db.reading() as tx:
            found = await tx.rows(select(outbox).where(outbox.c.type.like("contact.%")).order_by(outbox.c.seq))
        return [msgspec.json.decode(outbox_payload(sealer, row.id, row.sealed)) for row in found]

    return read


async def test_who_writes_stop_is_out_by_phone_and_by_hidden_identity(
    number: Any, report: Any, out: Any, told: Any
) -> None:
    await report(number, said("Stop!", "IN1"))
    assert [await out(PHONE), await out(lid=LID), await out("+12025550123")] == [True, True, False]
    (event_,) = await told()
    assert event_["type"] == "contact.opted_out"
    assert event_["number"] == number
    assert (event_["data"]["phone"], event_["data"]["lid"], event_["data"]["source"]) == (PHONE, LID, "message")


async def test_the_other_form_of_the_number_is_the_same_person(number: Any, report: Any, out: Any) -> None:
    await report(number, said("Stop", "IN1"))
    assert await out("+5511987654321")


async def test_who_is_known_by_the_hidden_identity_alone_is_found_by_phone(
    number: Any, report: Any, out: Any, doors: Any
) -> None:
    await report(number, said("STOP", "IN1", phone=""))
    assert [await out(lid=LID), await out(PHONE)] == [True, False]
    await report(number, said("Hello", "IN2"))
    assert await out(PHONE)


async def test_start_brings_them_back_and_is_told_once(number: Any, report: Any, out: Any, told: Any) -> None:
    texts = ["stop", "stop", "hello", "start", "start", "stop"]
    await report(number, *(said(text, f"IN{place}") for place, text in enumerate(texts)))
    assert await out(PHONE)
    kinds = ["contact.opted_out", "contact.opted_in", "contact.opted_out"]
    assert [each["type"] for each in await told()] == kinds


async def test_a_redelivered_stop_does_not_undo_a_later_start(number: Any, report: Any, out: Any) -> None:
    await report(number, said("stop", "IN1"), said("start", "IN2"))
    await report(number, said("stop", "IN1"))
    assert not await out(PHONE)


@pytest.mark.parametrize(
    "message",
    [
        said("stop", "IN1", chat="120363000000000001@g.us"),
        said("stop", "IN1", kind="image"),
        said("please stop by", "IN1"),
    ],
)
async def test_what_is_no_wish_to_us_changes_nothing(number: Any, report: Any, out: Any, message: Any) -> None:
    await report(number, message)
    assert not await out(PHONE)


async def test_what_the_owner_writes_is_no_wish(number: Any, report: Any, out: Any) -> None:
    await report(number, msgspec.structs.replace(said("stop", "IN1"), from_me=True))
    assert not await out(PHONE)


async def test_an_ordinary_message_of_somebody_known_runs_no_statement_more(number: Any, report: Any) -> None:
    await report(number, said("Hello", "IN1"))
    ran: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        ran.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await report(number, said("How are you?", "IN2"))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert [each for each in ran if "messages" in each]
    assert [each for each in ran if "contacts" in each or "opt_out" in each] == []
