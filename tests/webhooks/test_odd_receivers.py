"""Large events, receivers that lead elsewhere or never answer, and answers nobody can read."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from messageapi.outside.post import Posted
from messageapi.vocab.clock import now_ms
from messageapi.webhooks.delivery import attempt
from messageapi.webhooks.delivery.outcome import judged
from messageapi.webhooks.find import Attempt, attempts_of
from messageapi.webhooks.schemas import attempt_view

pytestmark = pytest.mark.usefixtures("deliveries")
REDIRECTS = range(300, 309)


@pytest.fixture
def clock() -> Any:
    """Receivers check that a signature is of now."""
    return now_ms


@pytest.mark.parametrize("size", [20_000, 300_000, 3_000_000])
async def test_a_large_event_arrives_whole_and_signed_in_its_place(stage: Any, size: int) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url)
    large = "Ä" * (size // 2)
    for name in ("before", large, "after"):
        await stage.events.happen(name, chat="a@g.us")
    got = await there.until(3)
    assert there.names == ["before", large, "after"]
    assert len(got[1].body) > size
    assert Webhook(made.target.secret).verify(got[1].body, got[1].headers)["data"]["name"] == large


async def test_many_large_events_do_not_lie_in_memory_all_at_once(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events of 700 kB: two of them are more than a receiver may have under way."""
    at_once = most = 0
    tried = attempt.attempt

    async def counted(*given: Any) -> Any:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            return await tried(*given)
        finally:
            at_once -= 1

    monkeypatch.setattr("messageapi.workers.postman.attempt", counted)
    there = await stage.receiver()
    await stage.endpoint(there.url)
    names = [f"{n}" + "x" * 700_000 for n in range(6)]
    await stage.events.happen(*names)
    await there.until(6)
    assert sorted(there.names) == sorted(names)
    assert most == 1


@pytest.mark.parametrize("status", REDIRECTS)
async def test_no_redirect_is_a_success_and_none_is_followed(stage: Any, status: int) -> None:
    elsewhere = await stage.receiver()

    async def answer(_: web.Request, __: Any) -> web.Response:
        return web.Response(status=status, headers={"Location": elsewhere.url})

    there = await stage.receiver(answer)
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (first,) = await stage.settled(made.endpoint.id, lambda found: bool(found) and found[0].attempts == 1)
    assert (first.state, first.status, first.error) == ("ready", status, "redirected")
    assert elsewhere.got == []


async def test_silence_is_a_failure_that_is_noted(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "DEADLINE_S", 0.3)

    async def silent(_: web.Request, __: Any) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    there = await stage.receiver(silent)
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (first,) = await stage.settled(made.endpoint.id, lambda found: bool(found) and found[0].attempts == 1)
    assert (first.state, first.status, first.error) == ("ready", None, "too_slow")
    (tried,) = await stage.doors.db.read(
        lambda tx: attempts_of(tx, stage.alice, made.endpoint.id, [first.event_id]),
    )
    assert (tried.answer, 300 <= tried.ms < 10_000) == (None, True)


def test_nothing_but_2xx_is_taken() -> None:
    verdicts = {status: judged(Posted(status, b"", ""))[0] for status in range(100, 1_000)}
    assert [status for status, verdict in verdicts.items() if verdict == "delivered"] == list(range(200, 300))
    assert [status for status, verdict in verdicts.items() if verdict == "gone"] == [410]


@pytest.mark.parametrize("answer", [b"\x00\xff\xfe", b"<script>alert(1)</script>", b"\xe2\x82"])
def test_an_answer_is_shown_as_text_whatever_it_was(answer: bytes) -> None:
    seen = attempt_view(Attempt("evt", 0, 1, 200, None, b"sealed"), answer)
    assert seen.answer == answer.decode("utf-8", "replace")
