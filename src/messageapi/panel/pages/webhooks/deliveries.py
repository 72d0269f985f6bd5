"""What was delivered to an endpoint, how each attempt went, and delivering it again."""

from datetime import UTC, datetime
from functools import partial
from typing import Literal, NamedTuple

import msgspec
from litestar import get, post

from messageapi.numbers import find as numbers
from messageapi.panel.gate.forms import Form
from messageapi.panel.live import news, tag
from messageapi.panel.look import Badge
from messageapi.panel.pages.webhooks.endpoints import ONE, STATES, read
from messageapi.panel.pages.webhooks.receivers import verifying
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.webhooks import find
from messageapi.webhooks.delivery.attempt import opened_answer
from messageapi.webhooks.endpoint import REASONS
from messageapi.webhooks.find import Attempt, Delivery, Status
from messageapi.webhooks.posted import posted
from messageapi.webhooks.replay import replay, replay_one, send_test
from messageapi.webhooks.schemas import Replay

PER_PAGE = 25
_VIEWER, _ADMIN = {"permission": "viewer"}, {"permission": "admin"}
_A_DELIVERY = f"{ONE}/deliveries/{{event_id:str}}"
OUTCOMES: dict[str, Badge] = {
    "pending": Badge("wait", N_("Waiting"), "clock"),
    "delivered": Badge("good", N_("Delivered"), "circle-check"),
    "failed": Badge("bad", N_("Failed"), "circle-x"),
    "expired": Badge("bad", N_("Expired"), "hourglass"),
}
SPANS = (("1", N_("The last hour")), ("24", N_("The last day")), ("72", N_("The last three days")))
"""Hours back."""


class Try(NamedTuple):
    """One request that was made."""

    attempt: Attempt
    answer: str
    good: bool


@get(ONE, opt=_VIEWER)
async def show_endpoint(
    doors: Doors,
    visitor: Visitor,
    webhook_id: str,
    show: Literal["all"] | Status = "all",
    cursor: str | None = None,
) -> Html:
    caller, one = visitor.caller, await read(doors, visitor, webhook_id)
    sealer = await doors.keyring.sealer(caller.account_id)
    listing = f"panel:deliveries {webhook_id}"
    before = paging.position(sealer, listing, cursor) if cursor else None
    async with doors.db.reading() as tx:
        status = None if show == "all" else show
        found = await find.deliveries_of(tx, caller, webhook_id, status, before, PER_PAGE + 1)
        mine = {number.id: number.name for number in await numbers.every(tx, caller)}
    shown = paging.page(sealer, listing, [(each.event_id, each) for each in found], PER_PAGE)
    return page(
        visitor,
        "webhooks/one.html",
        one=one,
        shown=shown,
        show=show,
        later=bool(cursor),
        names=mine,
        states=STATES,
        reasons=REASONS,
        outcomes=OUTCOMES,
        outcome=partial(Delivery.status_at, now=visitor.now),
        samples=verifying(),
    )


@post(f"{ONE}/test", opt=_ADMIN)
async def take_test(doors: Doors, visitor: Visitor, webhook_id: str) -> Html:
    event_id = await send_test(doors, visitor.caller, webhook_id)
    return go(visitor, f"/webhooks/{webhook_id}/deliveries/{event_id}", N_("Test event on its way."))


@get(_A_DELIVERY, opt=_VIEWER)
async def show_delivery(doors: Doors, visitor: Visitor, webhook_id: str, event_id: str) -> Html:
    facts = await _delivery(doors, visitor, webhook_id, event_id)
    event = await posted(doors, visitor.caller, webhook_id, event_id)
    shown = msgspec.json.format(event, indent=2).decode() if event else ""
    return page(visitor, "webhooks/delivery.html", event=shown, **facts)


@get(f"{_A_DELIVERY}/now", opt=_VIEWER)
async def delivery_now(doors: Doors, visitor: Visitor, webhook_id: str, event_id: str, seen: str = "") -> Html:
    """What changes by itself while it is on its way."""
    return news(visitor, "webhooks/delivery_now.html", seen, await _delivery(doors, visitor, webhook_id, event_id))


@post(f"{_A_DELIVERY}/replay", opt=_ADMIN)
async def take_replay_one(doors: Doors, visitor: Visitor, webhook_id: str, event_id: str) -> Html:
    await replay_one(doors, visitor.caller, webhook_id, event_id)
    return go(visitor, f"/webhooks/{webhook_id}/deliveries/{event_id}", N_("On its way once more."))


@get(f"{ONE}/replay", opt=_ADMIN)
async def show_replay(doors: Doors, visitor: Visitor, webhook_id: str) -> Html:
    return page(visitor, "webhooks/replay.html", one=await read(doors, visitor, webhook_id), spans=SPANS)


@post(f"{ONE}/replay", opt=_ADMIN)
async def take_replay(doors: Doors, visitor: Visitor, form: Form, webhook_id: str) -> Html:
    hours = int(form.text("span")) if form.text("span") in dict(SPANS) else 1
    since = datetime.fromtimestamp(visitor.now / 1000 - hours * 3600, UTC)
    what: Literal["failed", "all"] = "all" if form.text("what") == "all" else "failed"
    done = await replay(doors, visitor.caller, webhook_id, Replay(what=what, since=since))
    if not done.count:
        return go(visitor, f"/webhooks/{webhook_id}", N_("There was nothing to deliver again."), "plain")
    return go(visitor, f"/webhooks/{webhook_id}", N_("Events are on their way once more."))


async def _delivery(doors: Doors, visitor: Visitor, webhook_id: str, event_id: str) -> dict[str, object]:
    caller, one = visitor.caller, await read(doors, visitor, webhook_id)
    sealer = await doors.keyring.sealer(caller.account_id)
    async with doors.db.reading() as tx:
        found = await find.delivery(tx, caller, webhook_id, event_id)
        attempts = await find.attempts_of(tx, caller, webhook_id, [event_id])
    tries = []
    for each in attempts:
        answer = opened_answer(sealer, event_id, each.answer) or b""
        good = each.status is not None and 200 <= each.status < 300
        tries.append(Try(each, answer.decode("utf-8", "replace"), good))
    state = found.status_at(visitor.now)
    seen = tag(state, found, tries)
    return {"one": one, "delivery": found, "tries": tries, "outcome": state, "outcomes": OUTCOMES, "seen": seen}


routes = [
    show_endpoint,
    take_test,
    show_delivery,
    delivery_now,
    take_replay_one,
    show_replay,
    take_replay,
]
