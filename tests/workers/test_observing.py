"""What hosts report about connections becomes states, reasons and events; reporting it twice changes nothing."""

import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from messageapi.accounts.keyring import AccountKeyring
from messageapi.bus.subjects import BELL_NUMBERS
from messageapi.engines.port import Alive, Connected, Disconnected, Ended, EngineEvent, Sent
from messageapi.numbers.linking.unlink import unlink
from messageapi.numbers.observe import BAN_WITHOUT_END_MS, Observed, observe
from messageapi.store.outbox import outbox_payload
from messageapi.store.tables import outbox
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

JID = "12025550199:3@s.whatsapp.net"
Report = Callable[..., Awaitable[None]]
Events = Callable[[], Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def report(doors: Doors, alice: Caller) -> Report:
    async def take(number_id: str, *events: EngineEvent, account_id: str = "") -> None:
        seen = [Observed(number_id, account_id or alice.account_id, event) for event in events]
        await doors.db.writer.run(lambda tx: observe(doors, tx, doors.clock(), seen))

    return take


@pytest.fixture
def events(doors: Doors, alice: Caller) -> Events:
    """The account's events so far, opened."""

    async def read() -> list[dict[str, Any]]:
        sealer = await doors.keyring.sealer(alice.account_id)
        async with doors.db.reading() as tx:
            found = await tx.rows(tx.of(alice).select(outbox).order_by(outbox.c.seq))
        return [json.loads(outbox_payload(sealer, row.id, row.sealed)) for row in found]

    return read


async def test_connected_keeps_the_addresses_and_is_told(
    linked: Any, report: Report, events: Events, look: Any, clock: Any
) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID, "77@lid"))
    seen = await look(number)
    assert (seen.state, seen.reason, seen.phone, seen.lid) == ("connected", None, "+12025550199", "77@lid")
    assert (seen.state_since, seen.evidence_at) == (clock(), clock())
    (event,) = await events()
    assert (event["type"], event["number"]) == ("number.connected", number)
    assert event["data"]["phone"] == "+12025550199"


async def test_a_change_right_after_a_start_finds_its_accounts_key_in_its_own_transaction(
    linked: Any, events: Events, clock: Any, doors: Doors, alice: Caller
) -> None:
    seen = [Observed(await linked(), alice.account_id, Connected(clock(), JID))]
    fresh = dataclasses.replace(doors, keyring=AccountKeyring(doors.db, doors.vault))
    await doors.db.writer.run(lambda tx: observe(fresh, tx, clock(), seen))
    assert [event["type"] for event in await events()] == ["number.connected"]


async def test_the_same_report_twice_changes_nothing(
    linked: Any, report: Report, events: Events, look: Any, clock: Any
) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), Connected(clock(), JID))
    once = await look(number)
    clock.forward(5_000)
    await report(number, Connected(clock() - 5_000, JID))
    assert await look(number) == once
    assert len(await events()) == 1


@pytest.mark.parametrize(
    ("event", "ends_as"),
    [
        (Disconnected(0, "stream_error"), ("reconnecting", "stream_error", "number.disconnected")),
        (Disconnected(0, "something new"), ("reconnecting", "network", "number.disconnected")),
        (Ended(0, "logged_out"), ("logged_out", "logged_out", "number.logged_out")),
        (Ended(0, "refused"), ("logged_out", "refused", "number.logged_out")),
        (Ended(0, "replaced"), ("replaced", "replaced", "number.disconnected")),
        (Ended(0, "banned", until=99), ("banned", "banned", "number.banned")),
        (Ended(0, "client_outdated"), ("reconnecting", "client_outdated", "number.disconnected")),
        (Ended(0, "crashed"), ("reconnecting", "host_lost", "number.disconnected")),
    ],
)
async def test_every_end_of_a_connection_has_a_reason_and_is_told(
    linked: Any, report: Report, events: Events, look: Any, event: EngineEvent, ends_as: Any
) -> None:
    number = await linked()
    await report(number, Connected(1, JID), event, event)
    seen = await look(number)
    first, second = await events()
    assert first["type"] == "number.connected"
    assert (seen.state, seen.reason_code, second["type"]) == ends_as
    assert seen.reason


async def test_what_the_table_does_not_allow_is_ignored(linked: Any, report: Report, look: Any, clock: Any) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), Ended(clock(), "logged_out"))
    await report(number, Connected(clock(), JID), Disconnected(clock(), "network"))
    assert (await look(number)).state == "logged_out"


async def test_a_ban_ends_the_wish_to_be_held_until_its_time(
    linked: Any, report: Report, look: Any, where: Any, clock: Any
) -> None:
    number = await linked()
    await report(number, Ended(clock(), "banned", until=clock() + 1_000))
    assert (await look(number)).limited_until == clock() + 1_000
    assert not (await where(number)).wanted


async def test_a_ban_of_unknown_length_has_an_end_too(linked: Any, report: Report, look: Any, clock: Any) -> None:
    number = await linked()
    await report(number, Ended(clock(), "banned"))
    assert (await look(number)).limited_until == clock() + BAN_WITHOUT_END_MS


async def test_evidence_never_moves_backwards_nor_into_the_future(
    linked: Any, report: Report, look: Any, clock: Any
) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID))
    at = clock()
    await report(number, Alive(at - 5_000))
    assert (await look(number)).evidence_at == at
    await report(number, Alive(at + 3_600_000))
    assert (await look(number)).evidence_at == at


async def test_an_event_under_another_account_is_not_believed(
    linked: Any, report: Report, look: Any, clock: Any
) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), account_id="acc_of_somebody_else")
    assert (await look(number)).state == "connecting"


async def test_events_about_messages_and_unknown_numbers_are_passed_over(
    linked: Any, report: Report, look: Any, clock: Any
) -> None:
    number = await linked()
    await report("num_unknown", Connected(clock(), JID))
    await report(number, Sent("m", 1, "wa", clock()))
    assert (await look(number)).state == "connecting"


async def test_the_bell_rings_after_the_commit(doors: Doors, linked: Any, report: Report, clock: Any) -> None:
    number = await linked()
    rung: list[str] = []
    stop = doors.bells.listen(BELL_NUMBERS, rung.append)
    await report(number, Connected(clock(), JID))
    stop()
    assert rung == [number]


async def test_unlinking_what_the_phone_had_logged_out_is_not_told_twice(
    doors: Doors, alice: Caller, linked: Any, report: Report, events: Events
) -> None:
    number = await linked()
    await report(number, Ended(0, "logged_out"))
    done = await unlink(doors, alice, number)
    assert (done.number.reason_code, done.at_whatsapp) == ("unlinked", False)
    assert [event["type"] for event in await events()] == ["number.logged_out"]
