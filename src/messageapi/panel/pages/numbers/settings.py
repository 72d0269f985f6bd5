"""A number's settings: its name, what it does by itself, and how fast it sends."""

from typing import cast

import msgspec
from litestar import get, post

from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.edit import edit
from messageapi.numbers.number import AutoDownload, Number
from messageapi.numbers.schemas import NumberEdit
from messageapi.pacing.find import paces
from messageapi.pacing.limits import paced
from messageapi.pacing.schemas import PacingEdit
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.web.doors import Doors

_VIEWER, _ADMIN = {"permission": "viewer"}, {"permission": "admin"}
SWITCHES = (
    ("typing", N_("Show typing before each message"), N_("For a time that fits its length.")),
    ("auto_read", N_("Mark as read what comes"), N_("At once; whoever wrote it sees blue ticks.")),
    ("reject_calls", N_("Turn calls away"), N_("As they come. You get an event about each.")),
    ("online", N_("Be seen as online"), N_("While it is connected. The phone then shows no notifications.")),
    ("own_messages", N_("Tell what is written on the phone"), N_("Stored and sent to your webhooks as well.")),
)
DOWNLOADS = (
    ("off", N_("When somebody asks for them")),
    ("small", N_("Small ones at once")),
    ("all", N_("All of them at once")),
)
LIMITS = (
    ("gap_ms", N_("Seconds between two messages, at least"), 1000),
    ("jitter_ms", N_("Up to so many seconds more, by chance"), 1000),
    ("per_minute", N_("Messages a minute"), 1),
    ("per_hour", N_("Messages an hour"), 1),
    ("per_day", N_("Messages a day"), 1),
    ("new_contacts_per_day", N_("Messages a day to new contacts"), 1),
)
"""Field, words, and how many of its units make one of the form's."""
_COLUMN = {"new_contacts_per_day": "new_per_day"}
_SHOWN = {"typing": "shows_typing", "online": "shows_online"}


@get("/numbers/{number_id:str}/settings", opt=_VIEWER)
async def show_settings(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    number, values = await _now(doors, visitor, number_id)
    return _page(visitor, number, Form(values))


@post("/numbers/{number_id:str}/settings", opt=_ADMIN)
async def take_settings(doors: Doors, visitor: Visitor, form: Form, number_id: str) -> Html:
    number, _ = await _now(doors, visitor, number_id)
    try:
        await edit(doors, visitor.caller, number_id, _wishes(form))
    except Problem as problem:
        return _page(visitor, number, form, problem)
    return go(visitor, f"/numbers/{number_id}", N_("Settings saved."))


async def _now(doors: Doors, visitor: Visitor, number_id: str) -> tuple[Number, list[tuple[str, str]]]:
    """The number, and its settings as the form has them."""
    async with doors.db.reading() as tx:
        number = await find.one(tx, visitor.caller, number_id)
        limits = (await paces(tx, visitor.caller, [number_id]))[number_id].limits
    ticked = [name for name, _, _ in SWITCHES if getattr(number, _SHOWN.get(name, name))]
    ticked += [name for name, on in (("paced", paced(number.network, number.paced)), ("warm_up", limits.warm_up)) if on]
    values = [("name", number.name), ("auto_download", number.auto_download), *((name, "yes") for name in ticked)]
    return number, [*values, *((name, f"{_limit(limits, name) / unit:g}") for name, _, unit in LIMITS)]


def _limit(limits: msgspec.Struct, name: str) -> int:
    return int(getattr(limits, _COLUMN.get(name, name)))


def _wishes(form: Form) -> NumberEdit:
    """Raise Problem field_invalid."""
    pacing = {name: round(_amount(form.text(name)) * unit) for name, _, unit in LIMITS}
    wishes = {name: form.on(name) for name, _, _ in SWITCHES}
    download = form.text("auto_download")
    try:
        return msgspec.convert(
            {
                "name": form.text("name"),
                "autoDownload": cast("AutoDownload", download if download in dict(DOWNLOADS) else "off"),
                "pacing": {"on": form.on("paced"), "warmUp": form.on("warm_up"), **_camel(pacing)},
                **_camel(wishes),
            },
            NumberEdit,
        )
    except msgspec.ValidationError:
        raise _invalid() from None


_ENCODED = {each.name: each.encode_name for kind in (NumberEdit, PacingEdit) for each in msgspec.structs.fields(kind)}


def _camel(values: dict[str, int] | dict[str, bool]) -> dict[str, object]:
    return {_ENCODED[name]: value for name, value in values.items()}


def _amount(text: str) -> float:
    try:
        amount = float(text.replace(",", ".") or "nan")
    except ValueError:
        raise _invalid() from None
    if not 0 <= amount <= 1e9:
        raise _invalid()
    return amount


def _invalid() -> Problem:
    return Problem(
        "field_invalid",
        422,
        "Write amounts as numbers, seconds up to 3,600 and messages up to 1,000,000; 0 limits nothing. A name has 1 to "
        "200 characters.",
    )


def _page(visitor: Visitor, number: Number, form: Form, problem: Problem | None = None) -> Html:
    return page(
        visitor,
        "numbers/settings.html",
        problem,
        number=number,
        form=form,
        switches=SWITCHES,
        downloads=DOWNLOADS,
        limits=LIMITS,
    )


routes = [show_settings, take_settings]
