"""Jobs go out one after another in the order given, and each gets exactly one true outcome."""

import asyncio
import threading
from typing import Any

import msgspec
import pytest

from messageapi.engines.host.host import Host
from messageapi.engines.port import (
    AskOutcomes,
    CloseSession,
    Connected,
    Disconnected,
    Done,
    NotSent,
    OpenSession,
    Outcomes,
    Refused,
    SendJob,
    Sent,
    SessionSpec,
    Submit,
    Unconfirmed,
)
from messageapi.engines.scripted import HANG, ScriptedEngine, ScriptedSession, fail, lose, refuse
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Letter, Text


async def test_messages_are_sent_in_order(session: ScriptedSession, worker: Any, submit: Any) -> None:
    ids = [f"m{number}" for number in range(200)]
    assert await submit(*ids[:100]) == Done()
    assert await submit(*ids[100:]) == Done()
    await worker.first(Sent, "m199")
    assert [job.message_id for job in session.sent] == ids
    assert [event.message_id for event in worker.of(Sent)] == ids


async def test_a_job_is_answered_before_it_is_sent(session: ScriptedSession, worker: Any, submit: Any) -> None:
    session.script.append(HANG)
    assert await submit("a") == Done()
    assert not worker.of(Sent)


async def test_a_refusal_is_final_and_the_next_message_goes_out(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    session.script += [refuse("wa_463"), None]
    await submit("a", "b")
    await worker.first(Sent, "b")
    failed = await worker.first(NotSent, "a")
    assert (failed.code, failed.permanent) == ("wa_463", True)


async def test_what_may_have_left_is_unconfirmed_under_its_name(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    session.script += [lose("timed_out"), None]
    await submit("a", "b")
    await worker.first(Sent, "b")
    lost = await worker.first(Unconfirmed, "a")
    assert lost.code == "timed_out"
    assert lost.wa_id.startswith("SCRIPTED")


async def test_an_engine_that_breaks_leaves_a_doubt_and_the_next_message_goes_out(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    def broken(_job: object) -> None:
        raise RuntimeError("nobody foresaw this")

    session.script += [broken, None]
    await submit("a", "b")
    await worker.first(Sent, "b")
    assert (await worker.first(Unconfirmed, "a")).code == "engine_failed"


async def test_what_did_not_leave_goes_back_with_everything_behind_it(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    session.script += [None, fail("not_connected")]
    await submit("a", "b", "c", "d")
    await worker.first(NotSent, "d")
    assert [job.message_id for job in session.sent] == ["a"]
    back = worker.of(NotSent)
    assert [(event.message_id, event.permanent) for event in back] == [("b", False), ("c", False), ("d", False)]


async def test_a_message_that_cannot_be_sent_now_goes_back_with_those_behind_it_in_its_chat(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    session.script += [fail("media_not_uploaded")]
    await submit("bad", "other:8@lid", "behind", "last:8@lid")
    await worker.first(Sent, "last")
    assert [event.message_id for event in worker.of(Sent)] == ["other", "last"]
    assert [(event.message_id, event.code) for event in worker.of(NotSent)] == [
        ("bad", "media_not_uploaded"),
        ("behind", "order_kept"),
    ]


async def test_a_message_whose_time_is_over_is_not_sent(session: ScriptedSession, worker: Any, submit: Any) -> None:
    await submit("late", expires_at=now_ms())
    await submit("in time", expires_at=now_ms() + 60_000)
    await worker.first(Sent, "in time")
    [late] = worker.of(NotSent)
    assert (late.message_id, late.code, late.permanent) == ("late", "expired", True)


async def test_messages_that_were_given_out_anew_are_refused_when_they_come_late(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    assert await worker.tell("h1", AskOutcomes("num_1", 1, [("late", 1)])) == Outcomes(["unknown"])
    assert await submit("late") == Done(), "nobody said that it would be given out anew"
    await worker.first(Sent, "late")
    asked = AskOutcomes("num_1", 1, [("late", 1), ("later", 1)], final=True)
    assert await worker.tell("h1", asked) == Outcomes(["reported", "unknown"])
    refused = await submit("later", "with it")
    assert isinstance(refused, Refused)
    assert refused.code == "too_late"
    again = SendJob("later", 2, "7@lid", Letter(content=Text("later")))
    assert await worker.tell("h1", Submit("num_1", 1, [again], 10_000)) == Done()
    await worker.first(Sent, "later")
    assert [job.message_id for job in session.sent] == ["late", "later"]


async def test_a_message_chosen_before_another_went_back_waits_for_it_in_the_next_process_too(
    session: ScriptedSession, worker: Any, submit: Any, make_host: Any, spec: SessionSpec
) -> None:

    async def give(message_id: str) -> None:
        job = SendJob(message_id, 1, "7@lid", Letter(content=Text(message_id)))
        assert await worker.tell("h2", Submit("num_1", 2, [job], 10_000, worker.seqs[-1])) == Done()

    worker.away = True
    session.script += [fail()]
    await submit("first")
    await worker.until(lambda: any(isinstance(e, NotSent) for batch in worker.batches for e in batch.events))
    await worker.tell("h1", CloseSession("num_1", 1))
    await make_host("h2")
    await worker.tell("h2", OpenSession(msgspec.structs.replace(spec, epoch=2)))
    await give("second")
    worker.away = False
    await worker.first(NotSent, "second")
    await give("third")
    await worker.first(Sent, "third")
    assert [event.message_id for event in worker.of(NotSent)] == ["first", "second"]


async def test_a_message_behind_one_that_went_back_does_not_overtake_it(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    """The worker has not heard of the first yet: it gave the second because it thinks the first is on its way."""
    worker.away = True
    session.script += [fail()]
    await submit("first")
    await worker.until(lambda: any(isinstance(e, NotSent) for batch in worker.batches for e in batch.events))
    await submit("second")
    worker.away = False
    await worker.first(NotSent, "second")
    assert session.sent == []
    await submit("third")
    await worker.first(Sent, "third")


async def test_without_a_connection_everything_goes_back_at_once(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    session.drop()
    assert await submit("a", "b") == Done()
    await worker.first(NotSent, "b")
    assert [event.code for event in worker.of(NotSent)] == ["not_connected", "order_kept"]
    session.come_up()
    await worker.until(lambda: len(worker.of(Connected)) == 2)
    await submit("c")
    await worker.first(Sent, "c")


async def test_a_send_that_hangs_ends_at_its_deadline_and_the_number_goes_on(
    session: ScriptedSession, worker: Any, submit: Any, engine: ScriptedEngine
) -> None:
    session.script.append(HANG)
    await submit("stuck", "behind", deadline_ms=500)
    lost = await worker.first(Unconfirmed, "stuck")
    assert lost.code == "deadline"
    assert lost.wa_id.startswith("SCRIPTED")
    back = await worker.first(NotSent, "behind")
    assert not back.permanent
    await worker.until(lambda: len(worker.of(Connected)) == 2)
    assert [event.code for event in worker.of(Disconnected)] == ["no_answer"]
    assert not session.connected
    assert engine.opened == 2
    await submit("again")
    await worker.first(Sent, "again")
    assert [event.message_id for event in worker.of(Unconfirmed)] == ["stuck"]


async def test_good_news_that_comes_after_the_deadline_still_counts(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()

    def late(_job: object) -> None:
        asyncio.run_coroutine_threadsafe(arrived.wait(), loop).result(20)

    session.script.append(late)
    await submit("slow", deadline_ms=50)
    await worker.first(Unconfirmed, "slow")
    arrived.set()
    assert (await worker.first(Sent, "slow")).wa_id


async def test_outcomes_can_be_asked_for(session: ScriptedSession, worker: Any, submit: Any) -> None:
    session.script += [None, HANG]
    await submit("done", "open")
    await worker.first(Sent, "done")
    jobs = [("done", 1), ("open", 1), ("done", 2), ("never", 1)]
    assert await worker.tell("h1", AskOutcomes("num_1", 1, jobs)) == Outcomes(
        ["reported", "pending", "unknown", "unknown"]
    )


async def test_an_outcome_nobody_remembers_is_told_again_when_asked_for(
    session: ScriptedSession, worker: Any, submit: Any
) -> None:
    await submit("done")
    sent = await worker.first(Sent, "done")
    await worker.tell("h1", AskOutcomes("num_1", 1, [("done", 1)]))
    await worker.until(lambda: len(worker.of(Sent)) == 2)
    assert worker.of(Sent) == [sent, sent]


async def test_a_number_that_is_closed_gives_back_what_has_not_started(
    session: ScriptedSession, worker: Any, submit: Any, engine: ScriptedEngine
) -> None:
    session.script.append(HANG)
    await submit("stuck", "behind")
    assert await asyncio.to_thread(engine.hanging.wait, 20)
    assert await worker.tell("h1", CloseSession("num_1", 1)) == Done()
    assert (await worker.first(NotSent, "behind")).code == "session_closed"
    assert (await worker.first(Unconfirmed, "stuck")).code in {"disconnected", "session_closed"}


async def test_a_host_that_lost_its_lease_sends_nothing(
    session: ScriptedSession, host: Host, worker: Any, submit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was asleep must not send before it has looked at the clock."""
    monkeypatch.setattr(type(host.lease), "lapsed", property(lambda _: True))
    await submit("a")
    assert (await worker.first(NotSent, "a")).code in {"not_connected", "session_closed"}
    assert session.sent == []


async def test_typing_and_uploading_do_not_use_up_the_deadline(session: ScriptedSession, worker: Any) -> None:
    longer_than_the_deadline = threading.Event()
    session.script.append(lambda _job: longer_than_the_deadline.wait(0.6))
    job = SendJob("a", 1, "7@lid", Letter(content=Text("a"), typing_ms=60_000))
    assert await worker.tell("h1", Submit("num_1", 1, [job], 100)) == Done()
    await worker.until(lambda: worker.of(Sent) or worker.of(Unconfirmed))
    assert worker.of(Unconfirmed) == []
