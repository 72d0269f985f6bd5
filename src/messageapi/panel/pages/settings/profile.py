"""Name, time zone and language of whoever is signed in, and another email address."""

from collections.abc import Awaitable
from functools import cache
from zoneinfo import available_timezones

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.flash import Tone
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.email import ask_for_email, cancel_email, pending_email, send_email_again
from messageapi.people.profile import change_profile
from messageapi.web.doors import Doors
from messageapi.words.catalogue import languages, locale_of

_MINE = {"permission": "viewer"}


@get("/profile", opt=_MINE)
async def show_profile(doors: Doors, visitor: Visitor) -> Html:
    return await _page(doors, visitor, Form())


@post("/profile", opt=_MINE)
async def take_profile(doors: Doors, visitor: Visitor, form: Form) -> Html:
    wanted = {name: form.text(name) for name in ("name", "time_zone", "language")}
    try:
        await change_profile(doors, visitor.person, **wanted)
    except Problem as problem:
        return await _page(doors, visitor, form, problem)
    return go(visitor, "/profile", N_("Profile changed."))


@post("/profile/email", opt=_MINE)
async def take_email_wish(doors: Doors, visitor: Visitor, form: Form) -> Html:
    wish = ask_for_email(doors, visitor.person, email=form.text("email"), password=form.secret("password"))
    said = N_("Open the links in both mailboxes, the old one and the new one.")
    return await _after(wish, doors, visitor, form, (said, "plain"))


@post("/profile/email/again", opt=_MINE)
async def take_email_again(doors: Doors, visitor: Visitor, form: Form) -> Html:
    said = N_("Sent again. The links of the mails before open nothing any more.")
    return await _after(send_email_again(doors, visitor.person), doors, visitor, form, (said, "plain"))


@post("/profile/email/cancel", opt=_MINE)
async def take_email_cancel(doors: Doors, visitor: Visitor, form: Form) -> Html:
    said = N_("The email stays as it is.")
    return await _after(cancel_email(doors, visitor.person), doors, visitor, form, (said, "good"))


async def _after(change: Awaitable[None], doors: Doors, visitor: Visitor, form: Form, told: tuple[str, Tone]) -> Html:
    """What was wished for the email: done and told, or refused beside its form."""
    try:
        await change
    except Problem as problem:
        return await _page(doors, visitor, form, problem, of="email")
    return go(visitor, "/profile", *told)


async def _page(doors: Doors, visitor: Visitor, form: Form, problem: Problem | None = None, of: str = "") -> Html:
    me = visitor.person
    values = {"name": me.name, "time_zone": me.time_zone, "language": me.language, "email": "", **form.values()}
    zones = sorted({*_zones(), me.time_zone})
    spoken = [(tag, locale_of(tag).display_name or tag) for tag in languages()]
    facts: dict[str, object] = {"values": values, "zones": zones, "languages": spoken, "of": of}
    return page(visitor, "settings/profile.html", problem, pending=await pending_email(doors, me), **facts)


@cache
def _zones() -> tuple[str, ...]:
    """Those named after places, and UTC; the rest are older names of the same."""
    aside = ("Etc/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "SystemV/")
    return ("UTC", *(zone for zone in available_timezones() if "/" in zone and not zone.startswith(aside)))


routes = [show_profile, take_profile, take_email_wish, take_email_again, take_email_cancel]
