"""HTTP for webhook endpoints: make, read, change, test, and follow what was delivered."""

from collections import defaultdict

from litestar import delete, get, patch, post

from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.clock import iso
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.web.paging import Page
from messageapi.webhooks import find
from messageapi.webhooks.create import Made, create
from messageapi.webhooks.delivery.attempt import opened_answer
from messageapi.webhooks.edit import edit, pause, resume, rotate
from messageapi.webhooks.endpoint import opened
from messageapi.webhooks.find import Delivery, Status
from messageapi.webhooks.remove import remove
from messageapi.webhooks.replay import replay, replay_one, send_test
from messageapi.webhooks.schemas import (
    AttemptView,
    DeliveryView,
    NewWebhook,
    NewWebhookView,
    Replay,
    ReplayView,
    Rotation,
    TestView,
    WebhookEdit,
    WebhookView,
    attempt_view,
    delivery_view,
    new_view,
    view,
)

LISTING = "webhooks"
DELIVERIES = "deliveries"
OPT = {"permission": "webhooks:manage"}
TAGS = ["Webhooks"]
ONE = "/api/v1/webhooks/{webhook_id:str}"


@post("/api/v1/webhooks", opt=OPT, operation_id="createWebhook", summary="Create a webhook endpoint", tags=TAGS)
async def post_webhook(doors: Doors, caller: Caller, data: NewWebhook) -> NewWebhookView:
    """It gets the events that happen from now on. The answer shows its secret for the only time."""
    made = await create(doors, caller, data)
    return new_view(made.endpoint, made.target, doors.clock())


@get("/api/v1/webhooks", opt=OPT, operation_id="listWebhooks", summary="List webhook endpoints", tags=TAGS)
async def list_webhooks(
    doors: Doors, caller: Caller, limit: paging.Limit = paging.DEFAULT, cursor: str | None = None
) -> Page[WebhookView]:
    """Oldest first, with the state of each. Secrets and values of headers are never shown again."""
    sealer = await doors.keyring.sealer(caller.account_id)
    after = paging.position(sealer, LISTING, cursor) if cursor else None
    async with doors.db.reading() as tx:
        found = await find.page(tx, caller, after, limit + 1)
    now = doors.clock()
    views = [(each.id, view(each, opened(sealer, each.id, each.sealed), now)) for each in found]
    return paging.page(sealer, LISTING, views, limit)


@get(ONE, opt=OPT, operation_id="readWebhook", summary="Read a webhook endpoint", tags=TAGS)
async def read_webhook(doors: Doors, caller: Caller, webhook_id: str) -> WebhookView:
    """Where it leads, what it gets, whether it works and since when."""
    sealer = await doors.keyring.sealer(caller.account_id)
    async with doors.db.reading() as tx:
        endpoint = await find.one(tx, caller, webhook_id)
    return view(endpoint, opened(sealer, webhook_id, endpoint.sealed), doors.clock())


@patch(ONE, opt=OPT, operation_id="editWebhook", summary="Edit a webhook endpoint", tags=TAGS)
async def patch_webhook(doors: Doors, caller: Caller, webhook_id: str, data: WebhookEdit) -> WebhookView:
    """Where it leads and what it gets. With a new URL, what waits for its next try is tried at once."""
    return _shown(doors, await edit(doors, caller, webhook_id, data))


@delete(ONE, opt=OPT, operation_id="deleteWebhook", summary="Delete a webhook endpoint", tags=TAGS)
async def delete_webhook(doors: Doors, caller: Caller, webhook_id: str) -> None:
    """With all that waits for it and the record of what it got."""
    await remove(doors, caller, webhook_id)


@post(
    f"{ONE}/rotate-secret",
    opt=OPT,
    status_code=200,
    operation_id="rotateWebhookSecret",
    summary="Rotate the secret",
    tags=TAGS,
)
async def post_rotate(doors: Doors, caller: Caller, webhook_id: str, data: Rotation) -> NewWebhookView:
    """Until the overlap ends every event carries two signatures. The answer shows the new secret for the only time."""
    made = await rotate(doors, caller, webhook_id, data)
    return new_view(made.endpoint, made.target, doors.clock())


@post(f"{ONE}/pause", opt=OPT, status_code=200, operation_id="pauseWebhook", summary="Pause an endpoint", tags=TAGS)
async def post_pause(doors: Doors, caller: Caller, webhook_id: str) -> WebhookView:
    """Events wait for it, for as long as events are kept."""
    return _shown(doors, await pause(doors, caller, webhook_id))


@post(f"{ONE}/resume", opt=OPT, status_code=200, operation_id="resumeWebhook", summary="Resume an endpoint", tags=TAGS)
async def post_resume(doors: Doors, caller: Caller, webhook_id: str) -> WebhookView:
    """After a pause what waited goes at once. What happened while it was disabled comes when it is replayed."""
    return _shown(doors, await resume(doors, caller, webhook_id))


@post(f"{ONE}/test", opt=OPT, status_code=202, operation_id="testWebhook", summary="Send a test event", tags=TAGS)
async def post_test(doors: Doors, caller: Caller, webhook_id: str) -> TestView:
    """A `webhook.test` event to this endpoint alone. Its delivery tells what the receiver answered."""
    return TestView(event_id=await send_test(doors, caller, webhook_id))


@get(f"{ONE}/deliveries", opt=OPT, operation_id="listDeliveries", summary="List deliveries", tags=TAGS)
async def list_deliveries(
    doors: Doors,
    caller: Caller,
    webhook_id: str,
    status: Status | None = None,
    limit: paging.Limit = paging.DEFAULT,
    cursor: str | None = None,
) -> Page[DeliveryView]:
    """The newest event first, each with its tries and what was answered."""
    sealer = await doors.keyring.sealer(caller.account_id)
    listing = f"{DELIVERIES} {webhook_id}"
    before = paging.position(sealer, listing, cursor) if cursor else None
    async with doors.db.reading() as tx:
        await find.one(tx, caller, webhook_id)
        found = await find.deliveries_of(tx, caller, webhook_id, status, before, limit + 1)
        views = await _followed(doors, tx, caller, webhook_id, found)
    return paging.page(sealer, listing, [(each.event_id, each) for each in views], limit)


@get(f"{ONE}/deliveries/{{event_id:str}}", opt=OPT, operation_id="readDelivery", summary="Read a delivery", tags=TAGS)
async def read_delivery(doors: Doors, caller: Caller, webhook_id: str, event_id: str) -> DeliveryView:
    """What became of one event at this endpoint."""
    return await _read(doors, caller, webhook_id, event_id)


@post(
    f"{ONE}/deliveries/{{event_id:str}}/replay",
    opt=OPT,
    status_code=202,
    operation_id="replayDelivery",
    summary="Deliver an event again",
    tags=TAGS,
)
async def post_replay_one(doors: Doors, caller: Caller, webhook_id: str, event_id: str) -> DeliveryView:
    """Also one that was delivered, or that this endpoint never got. The event must still be kept."""
    await replay_one(doors, caller, webhook_id, event_id)
    return await _read(doors, caller, webhook_id, event_id)


@post(
    f"{ONE}/replay",
    opt=OPT,
    status_code=202,
    operation_id="replayDeliveries",
    summary="Deliver many events again",
    tags=TAGS,
)
async def post_replay(doors: Doors, caller: Caller, webhook_id: str, data: Replay) -> ReplayView:
    """Those that failed, or all of a span of time; in order within a chat. At most about 10,000 in one call."""
    done = await replay(doors, caller, webhook_id, data)
    return ReplayView(replayed=done.count, next_since=iso(done.next_since))


def _shown(doors: Doors, made: Made) -> WebhookView:
    return view(made.endpoint, made.target, doors.clock())


async def _read(doors: Doors, caller: Caller, webhook_id: str, event_id: str) -> DeliveryView:
    async with doors.db.reading() as tx:
        await find.one(tx, caller, webhook_id)
        found = await find.delivery(tx, caller, webhook_id, event_id)
        return (await _followed(doors, tx, caller, webhook_id, [found]))[0]


async def _followed(doors: Doors, tx: Tx, caller: Caller, webhook_id: str, found: list[Delivery]) -> list[DeliveryView]:
    sealer = await doors.keyring.sealer(caller.account_id)
    tries: dict[str, list[AttemptView]] = defaultdict(list)
    for each in await find.attempts_of(tx, caller, webhook_id, [one.event_id for one in found]):
        answer = opened_answer(sealer, each.event_id, each.answer)
        tries[each.event_id].append(attempt_view(each, answer))
    return [delivery_view(each, tries[each.event_id], doors.clock()) for each in found]


routes = [
    post_webhook,
    list_webhooks,
    read_webhook,
    patch_webhook,
    delete_webhook,
    post_rotate,
    post_pause,
    post_resume,
    post_test,
    list_deliveries,
    read_delivery,
    post_replay_one,
    post_replay,
]
