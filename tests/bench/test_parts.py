"""Each part of the benchmarks runs small. No figure is judged here: the machine may be busy."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Run = Callable[..., tuple[int, dict[str, Any]]]
Part = Callable[[str], ModuleType]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_accept_compares_with_a_route_that_stores_nothing(bench: Run) -> None:
    code, found = bench("accept", "--total", "400", "--rounds", "1", "--callers", "8")
    assert code == 0
    assert found["product"]["requests"] == found["bare"]["requests"] == 400
    assert 0 < found["ratio"] < 1


def test_through_verifies_what_has_arrived_at_the_phones(bench: Run) -> None:
    code, found = bench("through", "--messages", "240", "--rounds", "1", "--numbers", "2")
    assert code == 0
    assert found["many"]["through"][0]["messages"] == 240
    assert found["send"]["requests"] == 120


def test_sessions_finds_all_numbers_back_after_a_kill(bench: Run) -> None:
    code, found = bench("sessions", "--steps", "0", "2")
    assert code == 0
    assert [row["numbers"] for row in found["rows"]] == [0, 2]
    assert found["rows"][1]["threads"] > found["rows"][0]["threads"]


def test_a_few_kills_break_no_promise(bench: Run) -> None:
    code, found = bench("crash", "--kills", "4", "--rate", "40", "--seed", "7")
    assert (code, found["faults"]) == (0, {})
    assert sum(found["kills"].values()) == 4
    assert found["counts"]["posts_accepted"] > 0


def test_every_kind_of_trouble_breaks_no_promise(bench: Run) -> None:
    code, found = bench("crash", "--all", "--kills", "6", "--rate", "40", "--seed", "3", "--longest", "1")
    assert (code, found["faults"]) == (0, {})
    assert sum(found["kills"].values()) == 6


def test_a_backlog_is_drained_after_a_restart(bench: Run) -> None:
    code, found = bench("drain", "--numbers", "2", "--messages", "40")
    assert (code, found["faults"]) == (0, [])
    assert found["first_after_launch_s"] > 0


def test_an_answer_before_the_commit_is_found(bench: Run) -> None:
    code, found = bench("crash", "--kills", "6", "--only", "kill main", "--rate", "100", "--plant", "ack-before-commit")
    assert code == 10
    assert found["faults"]["answered 202 and lost"]["count"] > 0


def test_the_wrong_order_is_found(bench: Run) -> None:
    options = ("--only", "kill main", "--ack-delay", "400", "--rate", "60")
    code, found = bench("crash", "--kills", "2", *options, "--plant", "backwards")
    assert code == 10
    assert found["faults"]["overtaken in its chat"]["count"] > 0


def test_a_message_sent_again_that_may_have_left_is_found(bench: Run) -> None:
    options = ("--only", "kill host", "--ack-delay", "200", "--rate", "15")
    code, found = bench("crash", "--kills", "4", *options, "--plant", "try-again")
    assert code == 10
    assert found["faults"]["at the phone twice"]["count"] > 0


def test_events_are_timed_on_their_way_to_a_receiver(bench: Run, part: Part) -> None:
    code, found = bench("webhooks", "--rates", "40", "--seconds", "3")
    assert (code, found["faults"]) == (0, {})
    assert found["taken"] == found["events"] > 0
    assert set(found["steps"][0]["by_type"]) == {
        f"message.{name}" for name in ("accepted", "sent", "delivered", "read")
    }
    assert len(list(part("report_events").webhooks(found))) == 3


def test_a_receiver_that_flaps_gets_everything_in_order(bench: Run, part: Part) -> None:
    code, found = bench("flapping", "--events", "800", "--rate", "100", "--up", "2", "--down", "4", "--limit", "120")
    assert (code, found["faults"]) == (0, {})
    assert found["taken"] == found["events"]
    assert list(part("report_events").flapping(found))


def test_dead_endpoints_are_compared_with_living_ones(bench: Run, part: Part) -> None:
    code, found = bench("dead", "--seconds", "1", "--burst", "10", "--rounds", "1")
    assert code == 0
    assert (found["endpoints"], found["dead_endpoints"]) == (100, 10)
    assert len(list(part("report_events").dead(found))) == 6


def test_what_phones_write_while_hosts_are_killed_is_told_once(bench: Run, part: Part) -> None:
    code, found = bench("inbound", "--kills", "2", "--rate", "20", "--numbers", "2")
    assert (code, found["faults"], found["told"]["faults"]) == (0, {}, {})
    assert found["sent"] == found["stored"] + found["lost"]["count"] > 0
    assert list(part("report_events").inbound(found))
