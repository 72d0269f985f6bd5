"""WhatsApp limits a number: it is shown until when, survives a lost connection, and ends by itself."""

from typing import Any

import pytest

from messageapi.engines.port import Alive, Connected, Disconnected, Ended, EngineEvent, Limited, NotSent
from messageapi.numbers.limits import UNKNOWN_BAN_MS, UNKNOWN_CONTACTS_MS
from messageapi.numbers.observe import Observed, observe
from messageapi.numbers.placing import placement
from messageapi.numbers.restart import restart
from messageapi.store.outbox import outbox_payload
from messageapi.store.tables import outbox

JID = "12025550199:3@s.whatsapp.net"
HOUR_MS = 3_600_000


@pytest.fixture
def report(doors: Any, alice: Any) -> Any:
    async def take(number_id: str, *events: EngineEvent) -> None:
        seen = [Observed(number_id, alice.account_id, event) for event in events]
        await doors.db.writer.run(lambda tx: observe(doors, tx, doors.clock(), seen))

    return take


@pytest.fixture
def told(doors: Any, alice: Any) -> Any:
    async def read() -> list[str]:
        async with doors.db.reading() as tx:
            found = await tx.rows(tx.of(alice).select(outbox).order_by(outbox.c.seq))
        sealer = await doors.keyring.sealer(alice.account_id)
        assert all(outbox_payload(sealer, row.id, row.sealed) for row in found)
        return [row.type.removeprefix("number.") for row in found]

    return read


@pytest.fixture
def tend(doors: Any) -> Any:
    async def once() -> None:
        lease = await placement.hold(doors, "tests")
        assert lease
        await placement.tend(doors, lease)

    return once


def refused(code: str, at: int) -> NotSent:
    return NotSent("m", 1, code, "No.", True, at)


async def test_a_limit_is_shown_with_its_reason_and_end(
    linked: Any, report: Any, told: Any, look: Any, clock: Any
) -> None:
    number, until = await linked(), clock() + HOUR_MS
    await report(number, Connected(clock(), JID), Limited(clock(), active=True, until=until))
    seen = await look(number)
    assert (seen.state, seen.reason_code, seen.limited_until) == ("limited", "new_contacts", until)
    assert "new contacts wait" in seen.reason
    assert await told() == ["connected", "limited"]


REFUSALS = {
    "new_contact_limited": ("new_contacts", UNKNOWN_CONTACTS_MS),
    "temporarily_banned": ("everything", UNKNOWN_BAN_MS),
}


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_shows_a_limit_that_nobody_announced(
    linked: Any, report: Any, told: Any, look: Any, clock: Any, code: str
) -> None:
    (held, lasts), number, at = REFUSALS[code], await linked(), clock()
    await report(number, Connected(at, JID), refused(code, at))
    clock.forward(1_000)
    await report(number, refused(code, clock()))
    seen = await look(number)
    assert (seen.state, seen.limit_code, seen.limited_until) == ("limited", held, at + lasts)
    assert await told() == ["connected", "limited"]


async def test_a_refusal_does_not_move_the_end_that_whatsapp_named(
    linked: Any, report: Any, look: Any, clock: Any
) -> None:
    number, until = await linked(), clock() + HOUR_MS
    await report(number, Connected(clock(), JID), Limited(clock(), active=True, until=until))
    await report(number, refused("new_contact_limited", clock()))
    assert (await look(number)).limited_until == until


async def test_a_limit_that_moves_is_told_again_and_one_repeated_is_not(
    linked: Any, report: Any, told: Any, clock: Any
) -> None:
    number, until = await linked(), clock() + HOUR_MS
    limit = Limited(clock(), active=True, until=until)
    await report(number, Connected(clock(), JID), limit, limit, Limited(clock(), active=True, until=until + 1))
    assert await told() == ["connected", "limited", "limited"]


async def test_a_lost_connection_does_not_end_a_limit(
    linked: Any, report: Any, told: Any, look: Any, clock: Any
) -> None:
    number, until = await linked(), clock() + HOUR_MS
    await report(number, Connected(clock(), JID), Limited(clock(), active=True, until=until))
    await report(number, Disconnected(clock(), "network"))
    assert (await look(number)).state == "reconnecting"
    await report(number, Connected(clock(), JID))
    seen = await look(number)
    assert (seen.state, seen.reason_code, seen.limited_until) == ("limited", "new_contacts", until)
    assert await told() == ["connected", "limited", "disconnected", "limited"]


async def test_a_limit_told_without_a_connection_counts_when_it_is_back(
    linked: Any, report: Any, look: Any, clock: Any
) -> None:
    number = await linked()
    await report(number, Limited(clock(), active=True, until=clock() + HOUR_MS))
    assert (await look(number)).state == "connecting"
    await report(number, Connected(clock(), JID))
    assert (await look(number)).state == "limited"


async def test_a_restart_does_not_end_a_limit(
    doors: Any, alice: Any, linked: Any, report: Any, look: Any, clock: Any
) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), Limited(clock(), active=True, until=clock() + HOUR_MS))
    await restart(doors, alice, number)
    await report(number, Connected(clock(), JID))
    assert (await look(number)).state == "limited"


async def test_a_limited_number_may_fall_silent_and_speak_again(
    linked: Any, report: Any, told: Any, look: Any, clock: Any, tend: Any
) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), Limited(clock(), active=True, until=clock() + HOUR_MS))
    clock.forward(61_000)
    await tend()
    assert (await look(number)).state == "degraded"
    await report(number, Alive(clock()))
    assert (await look(number)).state == "limited"
    assert await told() == ["connected", "limited"]


async def test_a_limit_ends_by_itself(linked: Any, report: Any, told: Any, look: Any, clock: Any, tend: Any) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), Limited(clock(), active=True, until=clock() + 30_000))
    clock.forward(29_000)
    await tend()
    assert (await look(number)).state == "limited"
    clock.forward(1_000)
    await tend()
    seen = await look(number)
    assert (seen.state, seen.reason, seen.limit_code, seen.limited_until) == ("connected", None, None, None)
    assert await told() == ["connected", "limited", "connected"]


async def test_whatsapp_may_end_its_limit_before(linked: Any, report: Any, look: Any, clock: Any) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), Limited(clock(), active=True, until=clock() + HOUR_MS))
    await report(number, Limited(clock(), active=False))
    assert ((await look(number)).state, (await look(number)).limited_until) == ("connected", None)


async def test_a_notice_from_the_past_limits_nothing(linked: Any, report: Any, look: Any, clock: Any) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), Limited(clock() - HOUR_MS, active=True, until=clock() - 1))
    await report(number, refused("temporarily_banned", clock() - UNKNOWN_BAN_MS))
    assert (await look(number)).state == "connected"


async def test_a_ban_replaces_a_limit(linked: Any, report: Any, look: Any, clock: Any) -> None:
    number = await linked()
    await report(number, Connected(clock(), JID), Limited(clock(), active=True, until=clock() + HOUR_MS))
    await report(number, Ended(clock(), "banned", until=clock() + 1_000))
    seen = await look(number)
    assert (seen.state, seen.limit_code, seen.limited_until) == ("banned", None, clock() + 1_000)
