"""Messages against a model: whatever happens in whatever order, they end as the model says, none is lost or doubled.

The lane, the inbox, the chores and the database are the real ones. The engine host is the simulator: it keeps its jobs
and journals through restarts, and knows what really left.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from messageapi.engines.port import NotSent, Receipt, Sent, Unconfirmed
from messageapi.errors import Problem
from messageapi.messages.accepting.send import send
from messageapi.messages.cancel import cancel
from messageapi.messages.content.requests import TextMessage
from messageapi.messages.states import BODY_DESTROYED
from messageapi.store.outbox import outbox_payload
from messageapi.workers.sending import courier

ROUNDS = 40
PATIENCE_S, SILENCE_S = 60.0, 0.05
"""For an answer: one that comes, however busy the machine is, and one that never does."""
CHATS = st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3)
PRIORITIES = st.sampled_from(["normal", "normal", "high", "low"])
TIMES = st.sampled_from([(0, None), (0, None), (0, 30), (40, 30)])
"""How long it waits for its time, and how long after that it may be sent, in seconds."""
STEPS = 25
ORDER = ("sent", "delivered", "read")
WAITS = ("scheduled", "accepted", "sending")
URGENCY = ("high", "normal", "low")
ONCE = ("accepted", "resent", "failed", "canceled", "expired", *ORDER)


class Life(RuleBasedStateMachine):
    """Nothing here waits for anything: each step is taken to its end."""

    simulator: ModuleType
    life: Any
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.model = self.life.Model()
        self.before: dict[str, str] = {}
        self.leaving: dict[tuple[str, int], str] = {}
        self.told: Counter[tuple[str, str]] = Counter()
        self.heard = 0

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize(chats=CHATS, resends=st.booleans(), priority=PRIORITIES, times=TIMES)
    def begin(self, chats: list[str], resends: bool, priority: str, times: Any) -> None:
        self.world = self.life.World(self.simulator, self.template)
        self.do(self.world.open())
        self.paused = False
        self.accept(chats, resends=resends, priority=priority, times=times, goes=False)

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.finish()
        finally:
            if hasattr(self, "world"):
                self.do(self.world.close())
            self.runner.close()

    # --- what callers do ---

    @rule(chats=CHATS, resends=st.booleans(), priority=PRIORITIES, times=TIMES, goes=st.booleans())
    def accept(self, chats: list[str], resends: bool, priority: str, times: Any, goes: bool) -> None:
        for chat in chats:
            self._accept(self.life.Wish(chat, resends, priority, *times))
        if goes:
            self.turn("")

    def _accept(self, wish: Any) -> None:
        send_at = self.world.now + wish.wait_s * 1_000 if wish.wait_s else None
        expires_at = (send_at or self.world.now) + wish.last_s * 1_000 if wish.last_s else None
        request = TextMessage(
            to=self.life.CHATS[wish.chat],
            text="Hello",
            on_unconfirmed="resend" if wish.resends else "report",
            priority=wish.priority,
            send_at=_moment(send_at),
            expires_at=_moment(expires_at),
        )
        taken = self.do(send(self.world.doors, self.world.alice, request))
        known = self.life.Known(taken.id, len(self.model.by_id), wish, send_at, expires_at)
        known.status = "accepted" if send_at is None else "scheduled"
        self.model.by_id[taken.id] = known

    @rule()
    def pause_or_resume(self) -> None:
        self.paused = not self.paused
        self.do(self.world.pause(paused=self.paused))

    @precondition(lambda self: self._some("accepted", "scheduled"))
    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        one = data.draw(st.sampled_from(list(self.model.by_id.values())))
        try:
            self.do(cancel(self.world.doors, self.world.alice, one.id))
        except Problem:
            assert one.status not in ("accepted", "scheduled") or one.resent
        else:
            assert one.status in ("accepted", "scheduled")
            assert not one.resent
            one.status = "canceled"

    # --- what the product does ---

    @precondition(lambda self: self._some("accepted", "sending"))
    @rule(fault=st.sampled_from(["", "", "mute", "deaf", "refuses"]))
    def turn(self, fault: str) -> None:
        host = self.world.host
        host.mute, host.deaf, host.refuses = fault == "mute", fault == "deaf", "stopping" if fault == "refuses" else ""
        courier.DEADLINE_S = SILENCE_S if fault in ("mute", "deaf") else PATIENCE_S
        waiting = len(self.world.journal.waiting)
        self.do(self.world.turn())
        host.mute, host.deaf, host.refuses = 0, 0, ""
        self._in_turn([job.message_id for job in self.world.journal.waiting[waiting:]])
        rows, _, _ = self.do(self.world.seen())
        for row in rows:
            self._adopt(self.model.by_id[row.id], row)

    def _adopt(self, one: Any, row: Any) -> None:
        """Which of those that wait go now is the queue's affair; each at most with one attempt more."""
        if {one.status, row.status} <= {"accepted", "sending"}:
            assert row.attempt >= one.attempt
            if row.attempt > one.attempt:
                assert not self.paused, "handed over while its number was paused"
                assert not one.over(self.world.now), "handed over after its end"
            one.status, one.attempt = row.status, row.attempt

    def _in_turn(self, given: list[str]) -> None:
        """What a host is given at once: the urgent first, each priority in its order."""
        ranks = [(URGENCY.index(self.model.by_id[each].wish.priority), self.model.by_id[each].place) for each in given]
        assert ranks == sorted(ranks), "a priority was not kept"

    @precondition(lambda self: self.world.unreported)
    @rule(back=st.integers(0, 5))
    def hand_over(self, back: int) -> None:
        """`back`: the host did not hear that its last events were taken in, and repeats them."""
        for event in self.do(self.world.hand_over()):
            self.model.take(event)
        if back:
            self.world.journal.taken = max(0, self.world.journal.taken - back)
            assert self.do(self.world.hand_over()) == []

    @precondition(lambda self: self._some("scheduled", "accepted", "sending", "sent", "unconfirmed"))
    @rule(seconds=st.sampled_from([1, 35, 61, 130]))
    def time_passes(self, seconds: int) -> None:
        self.world.now += seconds * 1_000
        for each in self.model.by_id.values():
            each.has_its_time(self.world.now)
        self.do(self.world.time_passes())
        rows, _, _ = self.do(self.world.seen())
        for row in rows:
            one = self.model.by_id[row.id]
            if row.resent_at is not None and not one.resent:
                assert (one.resends, one.status, row.status) == (True, "unconfirmed", "accepted")
                one.status, one.resent = "accepted", True

    @precondition(lambda self: self._some("sending"))
    @rule()
    def worker_restarts(self) -> None:
        self.do(self.world.new_worker())

    @precondition(lambda self: self._some("sending"))
    @rule(started=st.booleans(), left=st.booleans(), named=st.booleans())
    def host_restarts(self, started: bool, left: bool, named: bool) -> None:
        """The next one reads in the journal what had begun and what had not."""
        self._first()
        waiting, self.world.journal.waiting = self.world.journal.waiting, []
        self.do(self.world.new_host())
        for job in waiting:
            begun = (job.message_id, job.attempt) in self.leaving or (started and job is waiting[0])
            if begun:
                self._doubt(job, left=left, named=named)
            else:
                self._report(job, self._back(job, "host_restarted"))

    # --- what the network does ---

    @precondition(lambda self: self.world.journal.waiting)
    @rule()
    def whatsapp_takes_it(self) -> None:
        if job := self._next():
            self._leave(job)
            self._report(job, Sent(job.message_id, job.attempt, self._name(job), self.world.now))

    @precondition(lambda self: self.world.journal.waiting)
    @rule(kind=st.sampled_from(["delivered", "read", "played"]))
    def a_phone_answers_first(self, kind: Any) -> None:
        """Before the acknowledgement: a receipt with a name that nobody knows yet."""
        if job := self._first():
            self._leave(job)
            self._receipt(self._name(job), kind)

    @precondition(lambda self: self.leaving)
    @rule(data=st.data(), kind=st.sampled_from(["delivered", "read", "played"]), heard=st.booleans())
    def a_phone_answers(self, data: Any, kind: Any, heard: bool) -> None:
        self._receipt(self.leaving[data.draw(st.sampled_from(sorted(self.leaving)))], kind)
        if heard:
            self.hand_over(0)

    @precondition(lambda self: self.world.journal.waiting and not self._is_leaving())
    @rule()
    def whatsapp_refuses_it(self) -> None:
        if job := self._next():
            self._report(job, NotSent(job.message_id, job.attempt, "not_permitted", "No.", True, self.world.now))

    @precondition(lambda self: self.world.journal.waiting and not self._is_leaving())
    @rule()
    def its_end_comes_at_the_host(self) -> None:
        """It was handed over in time and had to wait there."""
        first = self._first()
        if first and self.model.by_id[first.message_id].over(self.world.now):
            job = self.world.journal.waiting.pop(0)
            self._report(job, NotSent(job.message_id, job.attempt, "expired", "Too late.", True, self.world.now))

    @precondition(lambda self: self.world.journal.waiting and not self._is_leaving())
    @rule()
    def the_connection_is_lost(self) -> None:
        """What has not begun goes back, in order."""
        waiting, self.world.journal.waiting = self.world.journal.waiting, []
        for job in waiting:
            self._report(job, self._back(job, "not_connected"))

    @precondition(lambda self: self.world.journal.waiting)
    @rule(left=st.booleans(), named=st.booleans(), known=st.booleans())
    def nobody_answers(self, left: bool, named: bool, known: bool) -> None:
        """`known`: for longer than its sender would wait, and then the queue goes on."""
        if job := self._next():
            self._doubt(job, left=left, named=named)
        if known:
            self.hand_over(0)
            self.time_passes(61)
            self.turn("")

    @precondition(lambda self: self._late())
    @rule(data=st.data())
    def an_answer_comes_late(self, data: Any) -> None:
        """A send that was given up brings good news after all."""
        message_id, attempt = data.draw(st.sampled_from(self._late()))
        event = Sent(message_id, attempt, self.leaving[message_id, attempt], self.world.now)
        self.world.host.report(self.world.number, event)

    def _late(self) -> list[tuple[str, int]]:
        doubts = [event for event in self.world.journal.events if isinstance(event, Unconfirmed)]
        return sorted(set(self.leaving) & {(event.message_id, event.attempt) for event in doubts})

    def _some(self, *statuses: str) -> bool:
        return any(one.status in statuses for one in self.model.by_id.values())

    def _first(self) -> Any:
        """What the host turns to next; as the real one it sends back what must not pass another."""
        journal = self.world.journal
        while journal.waiting and journal.waits(journal.waiting[0]):
            job = journal.waiting.pop(0)
            self._report(job, self._back(job, "order_kept"))
        return journal.waiting[0] if journal.waiting else None

    def _next(self) -> Any:
        return self.world.journal.waiting.pop(0) if self._first() else None

    def _is_leaving(self) -> bool:
        waiting = self.world.journal.waiting
        return bool(waiting) and (waiting[0].message_id, waiting[0].attempt) in self.leaving

    def _name(self, job: Any) -> str:
        return str(self.simulator.wa_id_of(job))

    def _leave(self, job: Any) -> None:
        if (job.message_id, job.attempt) not in self.leaving:
            self.leaving[job.message_id, job.attempt] = self._name(job)
            self.model.by_id[job.message_id].left.append(job.attempt)

    def _doubt(self, job: Any, *, left: bool, named: bool) -> None:
        if left:
            self._leave(job)
        name = self._name(job) if named else ""
        self._report(job, Unconfirmed(job.message_id, job.attempt, self.world.now, "no_answer", name))

    def _back(self, job: Any, code: str) -> NotSent:
        return NotSent(job.message_id, job.attempt, code, "It waits.", False, self.world.now)

    def _report(self, job: Any, event: Any) -> None:
        self.world.journal.jobs[job.message_id, job.attempt] = "reported"
        self.world.host.report(self.world.number, event)
        if isinstance(event, NotSent) and not event.permanent:
            self.world.journal.went_back(job.chat)

    def _receipt(self, wa_id: str, kind: Any) -> None:
        self.world.host.report(self.world.number, Receipt([wa_id], kind, "chat@lid", "chat@lid", self.world.now))

    # --- what must hold after every step ---

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        if not hasattr(self, "world"):
            return
        rows, kept, events = self.do(self.world.seen())
        self._listen(events)
        assert [row.id for row in rows] == list(self.model.by_id)
        for row in rows:
            self._check(self.model.by_id[row.id], row, kept)

    def _check(self, one: Any, row: Any, kept: set[str]) -> None:
        assert row.status == one.status
        assert row.status in self.life.LATER[self.before.get(row.id, row.status)], "a status went backwards"
        self.before[row.id] = row.status
        assert (row.id in kept) == (row.status not in BODY_DESTROYED), "a body outlived its need, or did not last"
        assert len(one.left) <= (2 if one.resends else 1), "sent twice"
        if row.status in ORDER:
            assert one.left, "said to be sent, but nothing left"
        if row.status in ("failed", "canceled", "expired"):
            assert not one.left, "it left and is said not to"
        for kind in ONCE:
            assert self.told[row.id, kind] <= 1, f"{kind} was told twice"
        reached = row.status if row.status in (*ORDER, "failed", "canceled", "expired") else ""
        assert not reached or self.told[row.id, reached] == 1, f"{reached} was not told"
        doubts = self.told[row.id, "unconfirmed"]
        assert doubts <= 1 + one.resent
        assert doubts >= (row.status == "unconfirmed")

    def _listen(self, events: list[Any]) -> None:
        sealer = self.do(self.world.doors.keyring.sealer(self.world.alice.account_id))
        for row in events[self.heard :]:
            told = msgspec.json.decode(outbox_payload(sealer, row.id, row.sealed))
            self.told[told["data"].get("messageId", ""), told["type"].partition(".")[2]] += 1
        self.heard = len(events)

    def finish(self) -> None:
        """Everything works from now on: whatever was accepted reaches an end."""
        if self.paused:
            self.pause_or_resume()
        for _ in range(ROUNDS):
            self.time_passes(130)
            self.turn("")
            while job := self._next():
                self._leave(job)
                self._report(job, Sent(job.message_id, job.attempt, self._name(job), self.world.now))
                self._receipt(self._name(job), "read")
            self.hand_over(0)
            self.all_is_as_it_should_be()
            if not self._open():
                break
        assert not self._open(), "lost"
        self._in_order()

    def _open(self) -> list[Any]:
        return [one for one in self.model.by_id.values() if one.status in WAITS or self._goes_again(one)]

    def _goes_again(self, one: Any) -> bool:
        return bool(one.status == "unconfirmed" and one.resends and not one.resent)

    def _in_order(self) -> None:
        """Of each chat and priority, as far as they left for the first time. What was resent may come late, and what
        had its own time: its sender chose so.
        """
        left = [self.model.by_id[each] for each in dict.fromkeys(message_id for message_id, _ in self.leaving)]
        first = [one for one in left if not one.resent and one.send_at is None]
        for chain in {one.chain for one in first}:
            places = [one.place for one in first if one.chain == chain]
            assert places == sorted(places), "order was lost"


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


@pytest.fixture
def machine(simulator: ModuleType, life: ModuleType, sqlite_template: Path, monkeypatch: Any) -> type[Life]:
    monkeypatch.setattr(courier, "DEADLINE_S", PATIENCE_S)
    parts = {"simulator": simulator, "life": life, "template": sqlite_template}
    return type("TheLife", (Life,), parts)


def lives(machine: type[Life], examples: int, *phases: Phase) -> None:
    """The same ones each time."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=phases or tuple(Phase),
    )
    run_state_machine_as_test(machine, settings=chosen)


@pytest.mark.slow
def test_whatever_happens_messages_end_as_the_model_says(machine: type[Life]) -> None:
    lives(machine, 40, Phase.generate)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        "forgets_what_hosts_hold",
        "keeps_bodies",
        "loses_early_receipts",
        "lets_later_ones_pass",
        "tells_twice",
        "sends_what_has_expired",
        "sends_before_its_time",
        "sends_while_paused",
        "forgets_who_is_urgent",
    ],
)
def test_a_planted_fault_is_noticed(machine: type[Life], faults: ModuleType, monkeypatch: Any, fault: str) -> None:
    getattr(faults, fault)(monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        lives(machine, 300, Phase.generate)
