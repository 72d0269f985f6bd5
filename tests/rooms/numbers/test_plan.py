"""The plan as a pure function: whatever the fleet looks like, no number is held twice and no host is overfilled."""

from hypothesis import given
from hypothesis import strategies as st

from messageapi.numbers.number import Placement
from messageapi.numbers.plan import LONGEST_DELAY_MS, OPENS_AT_ONCE, Close, Host, Open, Plan, View, make, retry_delay_ms
from messageapi.numbers.states import HELD

NOW = 1_000_000
HOSTS = ["h0", "h1", "h2"]

placement = st.builds(
    Placement,
    number_id=st.uuids().map(str),
    account_id=st.just("acc"),
    network=st.sampled_from(["whatsapp", "sandbox"]),
    state=st.sampled_from(["connecting", "connected", "reconnecting"] * 2 + ["stopped", "linking", "logged_out"]),
    reason_code=st.none(),
    wanted=st.booleans(),
    host_id=st.sampled_from([None, None, *HOSTS]),
    epoch=st.integers(1, 3),
    failures=st.integers(0, 3),
    retry_at=st.sampled_from([None, NOW - 1, NOW + 1]),
    placed_at=st.sampled_from([None, NOW - 10_000, NOW]),
)


@st.composite
def views(draw: st.DrawFn) -> View:
    placements = draw(st.lists(placement, max_size=12, unique_by=lambda one: one.number_id))
    numbers = [one.number_id for one in placements] + ["unknown"]
    hosts = {
        name: Host(
            name,
            draw(st.sampled_from(["whatsapp", "sandbox"])),
            draw(st.sampled_from(["engine", "engine", "pairing"])),
            draw(st.integers(1, 4)),
            draw(st.none() | st.dictionaries(st.sampled_from(numbers), st.integers(1, 3), max_size=4)),
            NOW - draw(st.integers(0, 5_000)),
            draw(st.booleans()),
        )
        for name in draw(st.lists(st.sampled_from(HOSTS), unique=True))
    }
    busy = draw(st.sets(st.sampled_from(numbers), max_size=2))
    return View(placements, hosts, busy, {}, {}, NOW)


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
    touched = [one.number_id for one in (*plan.closes, *plan.released)]
    touched += [one.placement.number_id for one in (*plan.lost, *plan.opens, *plan.waiting)]
    assert not set(touched) & set(view.busy)


@given(views())
def test_the_rightful_holder_is_left_in_peace(view: View) -> None:
    plan = make(view)
    for one in view.placements:
        host = view.hosts.get(one.host_id or "")
        if host and one.wanted and not host.stopping and (host.sessions or {}).get(one.number_id) == one.epoch:
            assert not [close for close in plan.closes if close[:2] == (host.id, one.number_id)]
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
    hosts = {name: Host(name, "sandbox", "engine", 10, {}, NOW) for name in ("h0", "h1")}
    hosts["h0"].sessions = {"n": 1}
    plan = make(View([restarted], hosts, (), {}, {}, NOW))
    assert (plan.closes, plan.opens) == ([Close("h0", "n", 1)], [])
    hosts["h0"].sessions = {}
    assert make(View([restarted], hosts, (), {}, {}, NOW)).opens == [Open(restarted, "h0")]


def test_a_fleet_does_not_reconnect_in_one_burst() -> None:
    many = [
        Placement(f"n{n}", "acc", "sandbox", "connecting", None, True, None, 1, 0, None, None)
        for n in range(OPENS_AT_ONCE + 50)
    ]
    host = Host("h", "sandbox", "engine", 1_000, {}, NOW)
    plan = make(View(many, {"h": host}, (), {}, {}, NOW))
    assert len(plan.opens) == OPENS_AT_ONCE
    assert plan.waiting == []
