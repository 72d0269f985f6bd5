"""The plan as a pure function: whatever the fleet looks like, no number is held twice and no host is overfilled."""

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from messageapi.engines.port import Network
from messageapi.numbers.number import Placement
from messageapi.numbers.placing.plan import (
    LONGEST_DELAY_MS,
    OPENS_AT_ONCE,
    Close,
    Host,
    Open,
    Plan,
    View,
    make,
    retry_delay_ms,
)
from messageapi.numbers.states import HELD

pytestmark = pytest.mark.slow  # thousands of fleets

NOW = 1_000_000
HOSTS = ["h0", "h1", "h2"]
SOME = settings(max_examples=1_000, phases=(Phase.generate, Phase.shrink), database=None, derandomize=True)

network: st.SearchStrategy[Network] = st.sampled_from(("sandbox", "sandbox", "sandbox", "whatsapp"))
rarely = st.sampled_from([False, False, False, True])
placement = st.builds(
    Placement,
    number_id=st.uuids().map(str),
    account_id=st.just("acc"),
    network=network,
    state=st.sampled_from(["connecting", "connected", "reconnecting"] * 2 + ["stopped", "linking", "logged_out"]),
    reason_code=st.none(),
    wanted=rarely.map(lambda given: not given),
    host_id=st.sampled_from([None, None, *HOSTS]),
    epoch=st.integers(1, 3),
    failures=st.integers(0, 3),
    retry_at=st.sampled_from([None, NOW - 1, NOW + 1]),
    placed_at=st.sampled_from([None, NOW - 10_000, NOW]),
)


@st.composite
def hosts(draw: st.DrawFn, name: str, numbers: list[str]) -> Host:
    return Host(
        name,
        draw(network),
        "pairing" if draw(rarely) else "engine",
        draw(st.integers(1, 4)),
        None if draw(rarely) else draw(st.dictionaries(st.sampled_from(numbers), st.integers(1, 3), max_size=3)),
        NOW - draw(st.integers(0, 5_000)),
        draw(rarely),
    )


@st.composite
def views(draw: st.DrawFn) -> View:
    placements = draw(st.lists(placement, min_size=1, max_size=8, unique_by=lambda one: one.number_id))
    numbers = [*(one.number_id for one in placements), "unknown"]
    names = draw(st.lists(st.sampled_from(HOSTS), min_size=1, unique=True))
    busy = draw(st.sets(st.sampled_from(numbers), max_size=1))
    return View(placements, {name: draw(hosts(name, numbers)) for name in names}, busy, {}, {}, NOW)


def held_rightly(view: View) -> list[Placement]:
    """By the host that should hold them, in the epoch it should."""
    sessions = {host.id: host.sessions or {} for host in view.hosts.values() if not host.stopping}
    placed = [one for one in view.placements if one.wanted and one.host_id]
    return [one for one in placed if sessions.get(str(one.host_id), {}).get(one.number_id) == one.epoch]


@pytest.mark.parametrize("part", Plan._fields)
def test_the_views_lead_to_every_part_of_a_plan(part: str) -> None:
    """Or the rest of this file would prove nothing."""
    assert getattr(make(find(views(), lambda view: bool(getattr(make(view), part)), settings=SOME)), part)


def test_the_views_have_numbers_that_are_held_rightly() -> None:
    assert find(views(), lambda view: bool(held_rightly(view)), settings=SOME)


def opened(plan: Plan) -> list[str]:
    return [one.placement.number_id for one in plan.opens]


@given(views())
def test_a_number_is_opened_only_while_nobody_holds_it(view: View) -> None:
    held = {number for host in view.hosts.values() for number in host.sessions or ()}
    assert not held & set(opened(make(view)))


@given(views())
def test_a_number_is_opened_at_most_once(view: View) -> None:
    numbers = opened(make(view))
    assert len(numbers) == len(set(numbers))


@given(views())
def test_only_wanted_numbers_whose_time_has_come_are_opened(view: View) -> None:
    for one in make(view).opens:
        assert one.placement.wanted
        assert one.placement.state in HELD
        assert one.placement.host_id is None
        assert (one.placement.retry_at or 0) <= NOW


@given(views())
def test_a_number_goes_to_a_live_host_of_its_network_with_room(view: View) -> None:
    plan = make(view)
    for one in plan.opens:
        host = view.hosts[one.host_id]
        assert (host.kind, host.network, host.stopping) == ("engine", one.placement.network, False)
    for host in view.hosts.values():
        load = sum(1 for one in view.placements if one.wanted and one.host_id == host.id)
        new = sum(1 for one in plan.opens if one.host_id == host.id)
        assert new == 0 or load + new <= host.capacity


@given(views())
def test_nothing_is_done_about_a_number_a_command_is_under_way_for(view: View) -> None:
    plan = make(view)
    touched = [one.number_id for one in plan.closes] + [one.number_id for one in plan.released]
    for placed in ([one.placement for one in some] for some in (plan.lost, plan.opens, plan.waiting)):
        touched += [each.number_id for each in placed]
    assert not set(touched) & set(view.busy)


@given(views())
def test_the_rightful_holder_is_left_in_peace(view: View) -> None:
    plan = make(view)
    for one in held_rightly(view):
        assert not [close for close in plan.closes if close[:2] == (one.host_id, one.number_id)]
        assert one not in [lost.placement for lost in plan.lost]


@given(views())
def test_whoever_else_holds_a_number_is_told_to_close(view: View) -> None:
    plan = make(view)
    told = {(close.host_id, close.number_id) for close in plan.closes}
    rightful = {(one.host_id, one.number_id, one.epoch) for one in view.placements if one.wanted}
    for host in view.hosts.values():
        for number, epoch in (host.sessions or {}).items():
            if host.kind == "engine" and number not in view.busy and (host.id, number, epoch) not in rightful:
                assert (host.id, number) in told


@given(st.integers(0, 200))
def test_the_pause_before_the_next_try_is_bounded_and_jittered(failures: int) -> None:
    assert 250 <= retry_delay_ms(failures) <= LONGEST_DELAY_MS


def test_a_number_that_is_still_held_is_closed_first_and_opened_later() -> None:
    restarted = Placement("n", "acc", "sandbox", "connecting", None, True, None, 2, 0, None, None)
    fleet = {name: Host(name, "sandbox", "engine", 10, {}, NOW) for name in ("h0", "h1")}
    fleet["h0"].sessions = {"n": 1}
    plan = make(View([restarted], fleet, (), {}, {}, NOW))
    assert (plan.closes, plan.opens) == ([Close("h0", "n", 1)], [])
    fleet["h0"].sessions = {}
    assert make(View([restarted], fleet, (), {}, {}, NOW)).opens == [Open(restarted, "h0")]


def test_a_fleet_does_not_reconnect_in_one_burst() -> None:
    many = [
        Placement(f"n{n}", "acc", "sandbox", "connecting", None, True, None, 1, 0, None, None)
        for n in range(OPENS_AT_ONCE + 50)
    ]
    host = Host("h", "sandbox", "engine", 1_000, {}, NOW)
    plan = make(View(many, {"h": host}, (), {}, {}, NOW))
    assert len(plan.opens) == OPENS_AT_ONCE
    assert plan.waiting == []
