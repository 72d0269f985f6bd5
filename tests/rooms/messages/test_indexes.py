"""The hot queries use their indexes: SQLite's planner needs help that is easily removed by accident."""

from typing import Any

from sqlalchemy import Select

from messageapi.live import find as live
from messageapi.messages import find, rows
from messageapi.messages.due import rows as due
from messageapi.messages.queue import rows as queue
from messageapi.messages.queue.entry import Head
from messageapi.messages.unanswered import rows as unanswered
from messageapi.numbers import rows as numbers
from messageapi.vocab.caller import operator_for


class Spy:
    """A Tx that explains queries and finds nothing."""

    dialect = "sqlite"

    def __init__(self, tx: Any) -> None:
        self._wire, self.of = tx.wire, tx.of
        self.plan: list[str] = []

    async def rows(self, statement: Select[Any], params: Any = None) -> Any:
        compiled = statement.params(params or {}).compile(
            dialect=self._wire.dialect, compile_kwargs={"literal_binds": True}
        )
        steps = await self._wire.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
        self.plan += [row[3] for row in steps.all() if row[3].startswith(("SEARCH", "SCAN"))]
        return []

    async def scalar(self, statement: Select[Any], params: Any = None) -> int:
        await self.rows(statement, params)
        return 0


async def plan_of(database: Any, look: Any) -> Any:
    async def work(tx: Any) -> Any:
        spy = Spy(tx)
        await look(spy)
        return spy.plan

    return await database.read(work)


async def test_the_queue_is_read_through_its_partial_index(database: Any) -> None:
    both = ["num_1", "num_2"]
    for look in (lambda tx: queue.waiting(tx, both, 32), lambda tx: queue.flying(tx, both), queue.busy):
        steps = [step for step in await plan_of(database, look) if "numbers" not in step]
        assert steps
        assert all("ix_messages_queue" in step for step in steps), steps


async def test_a_numbers_queue_is_counted_in_its_index_alone(database: Any) -> None:
    (step,) = await plan_of(database, lambda tx: numbers.backlogs(tx, ["num_1", "num_2"]))
    assert "USING COVERING INDEX ix_messages_queue (number_id=? AND status=?)" in step


async def test_what_waits_of_an_account_is_counted_in_indexes_of_what_waits(database: Any) -> None:
    steps = await plan_of(database, lambda tx: find.how_many_wait(tx, operator_for("acc_1")))
    counted = [step for step in steps if "messages" in step]
    assert len(counted) == 2
    assert "ix_messages_queue" in counted[0]
    assert "ix_messages_scheduled_account" in counted[1]


async def test_what_has_a_time_is_found_through_its_index(database: Any) -> None:
    steps = await plan_of(database, due.next_at) + await plan_of(database, lambda tx: due.late(tx, 1))
    assert [step.split(" USING ")[1].split("INDEX ")[1].split(" ")[0] for step in steps] == [
        "ix_messages_scheduled",
        "ix_messages_expiring",
        "ix_messages_expiring",
    ]


async def test_waiting_messages_are_not_read_beyond_those_wanted(database: Any) -> None:
    steps = await plan_of(database, lambda tx: queue.waiting(tx, ["num_1"], 32))
    assert any("<expr><?" in step for step in steps), steps


async def test_what_is_parked_is_found_without_a_look_at_anything_else(database: Any) -> None:
    head = Head("num_1", "7@lid", 0, 1)
    both = ["num_1", "num_2"]
    for look in (
        lambda tx: queue.standings(tx, both, lock=False),
        lambda tx: queue.overtaking(tx, [1, 2]),
        lambda tx: queue.chain(tx, head, 10),
    ):
        steps = [step for step in await plan_of(database, look) if "messages" in step]
        assert any("ix_messages_parked (number_id=?" in step for step in steps), steps
        assert all("ix_messages_parked" in step or "rowid=?" in step for step in steps), steps


async def test_what_is_parked_is_looked_at_when_it_is_due_and_not_before(database: Any) -> None:
    both = ["num_1", "num_2"]
    for look, bound in (
        (lambda tx: queue.due(tx, both, 1, 10), "parked_until>? AND parked_until<?"),
        (lambda tx: queue.following(tx, both, 10), "parked_until=?"),
        (lambda tx: queue.wakes(tx, both, 1), "parked_until>? AND parked_until<?"),
    ):
        steps = [step for step in await plan_of(database, look) if "messages" in step]
        assert any(f"ix_messages_waking (number_id=? AND {bound})" in step for step in steps), steps
        assert all(
            "ix_messages_waking" in step or "ix_messages_parked (number_id=? AND chat=?" in step for step in steps
        )


async def test_receipts_find_their_messages_through_an_index(database: Any) -> None:
    keys = [("num_1", "WA1"), ("num_1", "WA2"), ("num_2", "WA3")]
    (step,) = await plan_of(database, lambda tx: rows.lock_by_wa(tx, keys))
    assert "ix_messages_wa (number_id=? AND wa_id=?)" in step
    (step,) = await plan_of(database, lambda tx: rows.early(tx, keys))
    assert "number_id=? AND wa_id=?" in step


async def test_messages_are_found_by_their_ids_through_an_index(database: Any) -> None:
    (step,) = await plan_of(database, lambda tx: rows.lock(tx, ["1", "2"]))
    assert "id=?" in step


async def test_a_message_is_found_by_whatsapps_id_through_an_index(database: Any) -> None:
    steps = await plan_of(database, lambda tx: rows.named(tx, operator_for("acc_1"), "WA1"))
    assert any("ix_messages_wa (number_id=? AND wa_id=?)" in step for step in steps), steps


async def test_what_nobody_answered_is_found_through_indexes(database: Any) -> None:
    (found, *_) = await plan_of(database, lambda tx: unanswered.resendable(tx, 0, 10))
    assert "ix_messages_resend (unconfirmed_at<?)" in found
    found = await plan_of(database, lambda tx: unanswered.under_way(tx, 0, 10))
    assert any("ix_messages_queue (number_id=? AND status=?)" in step for step in found), found
    (found,) = await plan_of(database, lambda tx: unanswered.sent(tx, 0, 10))
    assert "ix_messages_unanswered (sent_at<?)" in found


async def test_receipts_of_an_earlier_attempt_find_their_messages_through_an_index(database: Any) -> None:
    (step,) = await plan_of(database, lambda tx: rows.lock_by_earlier_wa(tx, [("num_1", "WA1"), ("num_2", "WA2")]))
    assert "ix_messages_earlier_wa (number_id=? AND earlier_wa_id=?)" in step


async def test_an_accounts_events_are_read_on_from_where_somebody_was(database: Any) -> None:
    caller = operator_for("acc_1")
    (step,) = await plan_of(database, lambda tx: live.after(tx, caller, 7, 900, 100))
    assert "ix_outbox_account_seq (account_id=? AND seq>? AND seq<?)" in step
