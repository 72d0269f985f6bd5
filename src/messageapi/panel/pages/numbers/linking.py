"""Linking a number: a QR code that renews itself, a code to type instead, a scan by a virtual phone, and the tick."""

import asyncio
import base64

from litestar import get, post

from messageapi.engines.port import PairingCode, Qr
from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.linking import qr
from messageapi.numbers.linking.link import link
from messageapi.numbers.number import Number
from messageapi.numbers.states import SENDS
from messageapi.panel.gate.forms import Form
from messageapi.panel.live import news, tag
from messageapi.panel.pages.numbers.show import BEING_LINKED, LINKABLE, why
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.virtual_phones import owners, require_sandbox, sandbox
from messageapi.panel.visitor import Visitor
from messageapi.sandbox.client import SandboxControl
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

_ADMIN = {"permission": "admin"}
CODE_WITHIN_S = 20.0
LOOK_EVERY_S = 0.2


@get("/numbers/{number_id:str}/link", opt=_ADMIN)
async def show_link(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    return await _page(doors, visitor, number_id, Form())


@get("/numbers/{number_id:str}/link/now", opt=_ADMIN)
async def show_link_now(doors: Doors, visitor: Visitor, number_id: str, seen: str = "") -> Html:
    """Nothing new leaves the page as it is, so that the ring goes on counting."""
    return news(visitor, "numbers/link_now.html", seen, await _facts(doors, visitor.caller, number_id))


@post("/numbers/{number_id:str}/link", opt=_ADMIN)
async def take_link(doors: Doors, visitor: Visitor, form: Form, number_id: str) -> Html:
    try:
        phone = form.text("phone")
        await link(doors, visitor.caller, number_id, "code" if form.text("method") == "code" else "qr", phone or None)
    except Problem as problem:
        if problem.status == 404:
            raise
        return await _page(doors, visitor, number_id, form, problem)
    return go(visitor, f"/numbers/{number_id}/link")


@post("/numbers/{number_id:str}/scan", opt=_ADMIN)
async def take_scan(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    """One click instead of a camera: the number's own virtual phone scans."""
    number = await _read(doors, visitor.caller, number_id)
    require_sandbox(number)
    if number.state in LINKABLE:
        await link(doors, visitor.caller, number_id, "qr")
    async with sandbox(doors) as control:
        await _scan(doors, visitor.caller, number, control)
    return go(visitor, f"/numbers/{number_id}/link")


async def _scan(doors: Doors, caller: Caller, number: Number, control: SandboxControl) -> None:
    lent = owners(number)
    await control.create_phone(lent.phone, lent.name[:100])
    await control.change(lent.phone, online=True)
    code = await _code(doors, caller, number.id)
    if isinstance(code, Qr):
        await control.scan(lent.phone, code.code)
    else:
        await control.enter_code(lent.phone, code.code)


async def _code(doors: Doors, caller: Caller, number_id: str) -> Qr | PairingCode:
    """The first comes a few seconds after linking began."""
    for _ in range(round(CODE_WITHIN_S / LOOK_EVERY_S)):
        try:
            return await qr.newest(doors, caller, number_id)
        except Problem as problem:
            if problem.code != "qr_not_ready":
                raise
        await asyncio.sleep(LOOK_EVERY_S)
    return await qr.newest(doors, caller, number_id)


async def _page(doors: Doors, visitor: Visitor, number_id: str, form: Form, problem: Problem | None = None) -> Html:
    facts = await _facts(doors, visitor.caller, number_id)
    return page(visitor, "numbers/link.html", problem, form=form, **facts)


async def _facts(doors: Doors, caller: Caller, number_id: str) -> dict[str, object]:
    number = await _read(doors, caller, number_id)
    code = None
    if number.state == "linking":
        try:
            code = await qr.newest(doors, caller, number_id)
        except Problem as problem:
            if problem.code not in {"qr_not_ready", "not_linking"}:  # the scan may end it while we ask
                raise
    shown = code.code if code else ""
    return {
        "number": number,
        "why": why(number),
        "seen": tag(number.state, number.reason_code, shown),
        "picture": base64.b64encode(qr.drawn(code, "svg")).decode() if isinstance(code, Qr) else "",
        "code": code,
        "left_s": max(0, (code.expires_at - doors.clock()) // 1000) if code else 0,
        "connected": number.state in SENDS,
        "linking": number.state in BEING_LINKED,
        "linkable": number.state in LINKABLE,
        "sandbox": number.network == "sandbox" and doors.settings.sandbox == "on",
        "steps": STEPS_CODE if code and not isinstance(code, Qr) else STEPS_QR,
    }


async def _read(doors: Doors, caller: Caller, number_id: str) -> Number:
    async with doors.db.reading() as tx:
        return await find.one(tx, caller, number_id)


STEPS_QR = (
    ("smartphone", N_("Open WhatsApp on the phone that has this number.")),
    ("settings", N_("Open Settings, then Linked devices.")),
    ("qr-code", N_("Tap Link a device, and point the camera at this code.")),
)
STEPS_CODE = (
    ("smartphone", N_("Open WhatsApp on the phone that has this number.")),
    ("settings", N_("Open Settings, then Linked devices, then Link a device.")),
    ("keyboard", N_("Tap Link with phone number instead, and type the code.")),
)

routes = [show_link, show_link_now, take_link, take_scan]
