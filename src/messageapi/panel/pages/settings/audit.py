"""The audit log: who did what in this account, for its owners."""

from typing import Literal, NamedTuple

from litestar import get

from messageapi.audit import find
from messageapi.keys import find as keys
from messageapi.panel.pages.settings.audit_words import FAMILIES, words_of
from messageapi.panel.render import Html, page
from messageapi.panel.visitor import Visitor
from messageapi.people.membership import find as people
from messageapi.web import paging
from messageapi.web.doors import Doors

PER_PAGE = 50
LISTING = "panel:audit"
Family = Literal["all", "keys", "numbers", "webhooks", "members", "access", "logins", "second", "sessions"]


class Line(NamedTuple):
    """`who`: a name, of members that of now; empty for the operator at the console. `facts`: what it says besides."""

    entry: find.Entry
    who: str
    by: Literal["person", "key", "operator"]
    action: str
    facts: list[tuple[str, str]]


@get("/audit", opt={"permission": "owner"})
async def show_audit(
    doors: Doors, visitor: Visitor, show: Family = "all", about: str = "", cursor: str | None = None
) -> Html:
    caller = visitor.caller
    sealer = await doors.keyring.sealer(caller.account_id)
    before = paging.position(sealer, LISTING, cursor) if cursor else None
    about = about.strip()[:80]
    begins = FAMILIES[show][0]
    async with doors.db.reading() as tx:
        entries = await find.page(tx, caller, before, PER_PAGE + 1, about=about or None, action=begins or None)
        people_by_id = {each.person_id: each.name for each in await people.members(tx, caller)}
        used = {entry.key_id for entry in entries if entry.key_id}
        keys_by_id = {each.id: each.name for each in await keys.named(tx, caller, used)}
    lines = [(entry.id, _line(entry, people_by_id, keys_by_id)) for entry in entries]
    shown = paging.page(sealer, LISTING, lines, PER_PAGE)
    return page(
        visitor,
        "audit/list.html",
        shown=shown,
        show=show,
        about=about,
        later=bool(cursor),
        families=FAMILIES,
        days=doors.settings.audit_days,
    )


def _line(entry: find.Entry, people_by_id: dict[str, str], keys_by_id: dict[str, str]) -> Line:
    facts = [(name, _text(value)) for name, value in entry.facts.items() if value not in (None, "", [])]
    if entry.key_id:
        return Line(entry, keys_by_id.get(entry.key_id, entry.key_id), "key", words_of(entry.action), facts)
    if entry.person_id:
        who = people_by_id.get(entry.person_id) or entry.person_name or entry.person_id
        return Line(entry, who, "person", words_of(entry.action), facts)
    return Line(entry, "", "operator", words_of(entry.action), facts)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


routes = [show_audit]
