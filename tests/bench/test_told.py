"""What the benchmarks say about events is true: every kind of fault is found, and what is allowed is no fault."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest

Part = Callable[[str], ModuleType]


def events(told: ModuleType, *lines: str) -> list[Any]:
    return [told.Event(seq, f"evt_{seq}", line, "message.sent", 0) for seq, line in enumerate(lines, 1)]


def test_everything_in_the_order_of_each_chat_is_good(part: Part) -> None:
    told = part("told")
    found = told.judge(events(told, "a", "b", "a"), ["evt_2", "evt_1", "evt_3"])
    assert (found.good, found.events, found.taken, found.again) == (True, 3, 3, 0)


def test_an_event_that_comes_again_later_is_counted_and_no_fault(part: Part) -> None:
    told = part("told")
    found = told.judge(events(told, "a", "a"), ["evt_1", "evt_2", "evt_1"])
    assert (found.good, found.again) == (True, 1)


@pytest.mark.parametrize(
    ("taken", "fault"),
    [
        (["evt_1"], "missing"),
        (["evt_2", "evt_1"], "overtaken"),
        (["evt_1", "evt_2", "evt_of_somebody_else"], "unknown"),
    ],
)
def test_every_fault_is_found_and_named(part: Part, taken: list[str], fault: str) -> None:
    told = part("told")
    found = told.judge(events(told, "a", "a"), taken)
    assert not found.good
    assert found.told()["faults"] == {fault: {"count": 1, "examples": getattr(found, fault)}}


def test_the_outbox_is_read_from_when_the_endpoint_was_made(part: Part, tmp_path: Path) -> None:
    told = part("told")
    with sqlite3.connect(tmp_path / told.FILE) as database:
        database.executescript("""
            CREATE TABLE webhooks (id, account_id, after_seq);
            CREATE TABLE outbox (seq, id, account_id, number_id, chat, type, created_at);
            INSERT INTO webhooks VALUES ('whk', 'acc', 1);
            INSERT INTO outbox VALUES (1, 'before', 'acc', 'n', 'c', 'message.sent', 5),
                (2, 'mine', 'acc', 'n', 'c', 'message.sent', 6), (3, 'free', 'acc', NULL, NULL, 'webhook.disabled', 7),
                (4, 'others', 'other', 'n', 'c', 'message.sent', 8), (5, 'test', 'acc', NULL, NULL, 'webhook.test', 9);
        """)
    assert [(one.id, one.line) for one in told.outbox(tmp_path, "whk")] == [("mine", "n c"), ("free", " ")]


def test_percentiles_are_those_of_the_nearest_rank(part: Part) -> None:
    found = part("told").percentiles([float(n) for n in range(1, 101)])
    assert found == {"p50_ms": 50.0, "p95_ms": 95.0, "p99_ms": 99.0, "max_ms": 100.0}


async def test_a_customer_takes_fails_refuses_and_hangs_as_told(part: Part) -> None:
    async with part("customer").Customer() as customer, aiohttp.ClientSession() as client:

        async def post(number: int) -> int:
            headers = {"webhook-id": f"evt_{number}"}
            async with client.post(customer.url("/a"), data=b"{}", headers=headers) as answer:
                return answer.status

        assert await post(1) == 200
        await customer.turn("fails")
        assert await post(2) == 503
        await customer.turn("refuses")
        with pytest.raises(aiohttp.ClientError):
            await post(3)
        await customer.turn("hangs")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(post(4), 0.2)
        await customer.turn("takes")
        assert await post(5) == 200
        assert [(one.event_id, one.path, one.body) for one in customer.taken] == [
            ("evt_1", "/a", b"{}"),
            ("evt_5", "/a", b"{}"),
        ]
        assert customer.turned_away == 2


def told_of(part: Part, event_id: str, wa_id: str, kind: str = "message.received") -> Any:
    body = json.dumps(
        {"id": event_id, "type": kind, "createdAt": "2026-11-22T12:00:00Z", "data": {"waMessageId": wa_id}}
    )
    return part("customer").Came(0.0, "/", event_id, body.encode())


def test_lost_messages_are_a_figure_and_what_is_wrong_with_the_others_is_a_fault(part: Part) -> None:
    found = part("inbound")._found
    sent = {"A": "a", "B": "b", "C": "c"}
    good = part("told").Judged(2, 2)
    came = [told_of(part, "evt_1", "A"), told_of(part, "evt_2", "B", "message.undecryptable")]
    well = found(sent, [{"waMessageId": "A"}, {"waMessageId": "B"}], came, good)
    assert (well["good"], well["lost"], well["unreadable"]) == (True, {"count": 1, "examples": ["c"]}, 1)
    again = found(sent, [{"waMessageId": "A"}], [came[0], told_of(part, "evt_3", "A")], good)
    assert set(again["faults"]) == {"told twice"}
    twice = found(sent, [{"waMessageId": "A"}] * 2, came[:1], good)
    assert set(twice["faults"]) == {"stored twice"}
    silent = found(sent, [{"waMessageId": "A"}, {"waMessageId": "B"}], came[:1], good)
    assert set(silent["faults"]) == {"stored, but not told"}
    assert [each["good"] for each in (again, twice, silent)] == [False] * 3
