"""Webhook endpoints: the list, a new one with its secret shown once, changing, rotating, pausing, deleting. What was
delivered to them is in deliveries.py.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

from litestar import get, post
from msgspec import UNSET

from messageapi.errors import Problem
from messageapi.numbers import find as numbers
from messageapi.panel.gate.forms import Form
from messageapi.panel.look import Badge
from messageapi.panel.pages.webhooks.receivers import verifying
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.vocab.events import CATALOGUE
from messageapi.web.doors import Doors
from messageapi.webhooks import edit as verbs
from messageapi.webhooks import find
from messageapi.webhooks.create import MOST, create
from messageapi.webhooks.endpoint import Endpoint, Target, names, opened
from messageapi.webhooks.remove import remove
from messageapi.webhooks.schemas import NewWebhook, Rotation, WebhookEdit

_VIEWER, _ADMIN = {"permission": "viewer"}, {"permission": "admin"}
ONE = "/webhooks/{webhook_id:str}"
OVERLAPS = (("24", N_("A day")), ("168", N_("A week")), ("1", N_("An hour")), ("0", N_("Not at all")))
"""Hours for which the secret before still signs."""
STATES = {
    "enabled": Badge("good", N_("Active"), "circle-check"),
    "failing": Badge("wait", N_("Failing"), "activity"),
    "paused": Badge("plain", N_("Paused"), "pause"),
    "disabled": Badge("bad", N_("Disabled"), "ban"),
}
FAMILIES = (
    ("message.", N_("Messages")),
    ("number.", N_("Numbers")),
    ("group.", N_("Groups")),
    ("call.", N_("Calls")),
    ("", N_("More")),
)
_OF_ONE = "webhook.test"  # goes where it was asked for, whatever an endpoint wants


class Shown(NamedTuple):
    """An endpoint as pages show it. Addresses can hold secrets: `url` is for those who may change it."""

    id: str
    name: str
    host: str
    url: str
    events: list[str] | None
    numbers: list[str] | None
    headers: list[str]
    signed: bool
    old_secret_until: int | None
    look: str
    endpoint: Endpoint


@get("/webhooks", opt=_VIEWER)
async def list_endpoints(doors: Doors, visitor: Visitor) -> Html:
    sealer = await doors.keyring.sealer(visitor.caller.account_id)
    async with doors.db.reading() as tx:
        found = await find.page(tx, visitor.caller, None, MOST)
    mine = [shown(each, opened(sealer, each.id, each.sealed), visitor.now) for each in found]
    return page(visitor, "webhooks/list.html", mine=mine, states=STATES)


@get("/webhooks/new", opt=_ADMIN)
async def show_new_endpoint(doors: Doors, visitor: Visitor) -> Html:
    return await _form(doors, visitor, Form([("which", "all")]))


@post("/webhooks", opt=_ADMIN)
async def take_new_endpoint(doors: Doors, visitor: Visitor, form: Form) -> Html:
    try:
        wanted = NewWebhook(
            url=_url(form),
            events=_events(form),
            numbers=form.all("number") or None,
            description=form.text("description")[:200],
            headers=_headers(form.text("headers")),
            secret=form.text("secret") or UNSET,
        )
        made = await create(doors, visitor.caller, wanted)
    except Problem as problem:
        return await _form(doors, visitor, form, problem)
    return _secret(visitor, shown(made.endpoint, made.target, visitor.now), made.target, new=True)


@get(f"{ONE}/edit", opt=_ADMIN)
async def show_edit(doors: Doors, visitor: Visitor, webhook_id: str) -> Html:
    one = await read(doors, visitor, webhook_id)
    pairs = [("url", one.url), ("description", one.endpoint.description), ("which", "some" if one.events else "all")]
    pairs += [("event", each) for each in one.events or ()] + [("number", each) for each in one.numbers or ()]
    return await _form(doors, visitor, Form(pairs), one=one)


@post(f"{ONE}/edit", opt=_ADMIN)
async def take_edit(doors: Doors, visitor: Visitor, form: Form, webhook_id: str) -> Html:
    one = await read(doors, visitor, webhook_id)
    try:
        headers = {} if form.on("no_headers") else _headers(form.text("headers")) or UNSET
        wanted = WebhookEdit(
            url=_url(form),
            events=_events(form),
            numbers=form.all("number") or None,
            description=form.text("description")[:200],
            headers=headers,
        )
        await verbs.edit(doors, visitor.caller, webhook_id, wanted)
    except Problem as problem:
        return await _form(doors, visitor, form, problem, one)
    return go(visitor, f"/webhooks/{webhook_id}", N_("Endpoint changed."))


@get(f"{ONE}/rotate", opt=_ADMIN)
async def show_rotate_secret(doors: Doors, visitor: Visitor, webhook_id: str) -> Html:
    one = await read(doors, visitor, webhook_id)
    return page(visitor, "webhooks/rotate.html", one=one, overlaps=OVERLAPS)


@post(f"{ONE}/rotate", opt=_ADMIN)
async def take_rotate_secret(doors: Doors, visitor: Visitor, form: Form, webhook_id: str) -> Html:
    chosen = form.text("overlap")
    hours = int(chosen) if chosen in dict(OVERLAPS) else 24
    made = await verbs.rotate(doors, visitor.caller, webhook_id, Rotation(overlap_hours=hours))
    return _secret(visitor, shown(made.endpoint, made.target, visitor.now), made.target, new=False)


@post(f"{ONE}/pause", opt=_ADMIN)
async def take_pause(doors: Doors, visitor: Visitor, webhook_id: str) -> Html:
    await verbs.pause(doors, visitor.caller, webhook_id)
    return go(visitor, f"/webhooks/{webhook_id}", N_("Paused. Events wait for it."))


@post(f"{ONE}/resume", opt=_ADMIN)
async def take_resume(doors: Doors, visitor: Visitor, webhook_id: str) -> Html:
    await verbs.resume(doors, visitor.caller, webhook_id)
    return go(visitor, f"/webhooks/{webhook_id}", N_("Active again. What waited is delivered now."))


@get(f"{ONE}/delete", opt=_ADMIN)
async def show_delete(doors: Doors, visitor: Visitor, webhook_id: str) -> Html:
    return page(visitor, "webhooks/delete.html", one=await read(doors, visitor, webhook_id))


@post(f"{ONE}/delete", opt=_ADMIN)
async def take_delete(doors: Doors, visitor: Visitor, form: Form, webhook_id: str) -> Html:
    one = await read(doors, visitor, webhook_id)
    if form.text("name") != one.name:
        wrong = Problem("name_differs", 422, f"Type the endpoint's name, `{one.name}`, to delete it.")
        return page(visitor, "webhooks/delete.html", wrong, one=one)
    await remove(doors, visitor.caller, webhook_id)
    return go(visitor, "/webhooks", N_("Endpoint deleted."))


async def read(doors: Doors, visitor: Visitor, webhook_id: str) -> Shown:
    """One of the visitor's account; raise Problem webhook_not_found."""
    sealer = await doors.keyring.sealer(visitor.caller.account_id)
    async with doors.db.reading() as tx:
        found = await find.one(tx, visitor.caller, webhook_id)
    return shown(found, opened(sealer, webhook_id, found.sealed), visitor.now)


def shown(endpoint: Endpoint, target: Target, now: int) -> Shown:
    host = urlsplit(target.url).netloc
    failing = endpoint.state == "enabled" and endpoint.failing_since is not None
    return Shown(
        id=endpoint.id,
        name=endpoint.description or host,
        host=host,
        url=target.url,
        events=names(endpoint.events),
        numbers=names(endpoint.numbers),
        headers=sorted(target.headers),
        signed=target.secret is not None,
        old_secret_until=target.old_until if target.old_secret and now < target.old_until else None,
        look="failing" if failing else endpoint.state,
        endpoint=endpoint,
    )


def _url(form: Form) -> str:
    url = form.text("url")
    if not url or len(url) > 2048:
        raise Problem("webhook_url_invalid", 422, "Write the URL that events are to be posted to.")
    return url


def _events(form: Form) -> list[str] | None:
    if form.text("which") != "some":
        return None
    if not (chosen := form.all("event")):
        raise Problem("webhook_event_missing", 422, "Tick at least one event, or choose all of them.")
    return chosen


def _headers(text: str) -> dict[str, str]:
    """One header in each line, as `Name: value`."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        if not colon or name.strip() in found:
            raise Problem("webhook_header_invalid", 422, "Write each header once, in a line of its own: `Name: value`.")
        found[name.strip()] = value.strip()
    return found


def _families() -> list[tuple[str, list[tuple[str, str]]]]:
    """The catalogue of events, with what each is about, under headings."""
    groups: dict[str, list[tuple[str, str]]] = {word: [] for _, word in FAMILIES}
    for kind, about in CATALOGUE.items():
        if kind != _OF_ONE:
            word = next(word for start, word in FAMILIES if kind.startswith(start))
            groups[word].append((kind, about.about))
    return [(word, kinds) for word, kinds in groups.items() if kinds]


async def _form(
    doors: Doors, visitor: Visitor, form: Form, problem: Problem | None = None, one: Shown | None = None
) -> Html:
    async with doors.db.reading() as tx:
        mine = await numbers.every(tx, visitor.caller)
    facts: dict[str, object] = {"form": form, "families": _families(), "numbers": mine, "one": one}
    return page(visitor, "webhooks/form.html", problem, **facts)


def _secret(visitor: Visitor, one: Shown, target: Target, *, new: bool) -> Html:
    secret = target.secret or ""
    return page(visitor, "webhooks/secret.html", one=one, secret=secret, new=new, samples=verifying(secret))


routes = [
    list_endpoints,
    show_new_endpoint,
    take_new_endpoint,
    show_edit,
    take_edit,
    show_rotate_secret,
    take_rotate_secret,
    take_pause,
    take_resume,
    show_delete,
    take_delete,
]
