"""HTTP for contacts: who is on WhatsApp, and who opted out of bulk messages."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from messageapi.contacts import find, written
from messageapi.contacts.check import check
from messageapi.contacts.list import add, reset_words, set_words, take_off
from messageapi.contacts.schemas import (
    CheckRequest,
    ContactList,
    ContactView,
    OptOutRequest,
    OptOutView,
    WordsRequest,
    WordsView,
    contact_view,
)
from messageapi.vocab.caller import Caller
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.web.paging import Page

CONTACTS = "/api/v1/numbers/{number_id:str}/contacts"
OPT_OUTS = "/api/v1/opt-outs"
LISTING = "opt-outs"
SENDS = {"permission": "messages:send"}
READS = {"permission": "messages:read"}
TAGS = ["Contacts"]


@post(
    f"{CONTACTS}/check",
    opt={**SENDS, "problems": (409, 422, 429, 503)},
    status_code=HTTP_200_OK,
    operation_id="checkContacts",
    summary="Ask who is on WhatsApp",
    tags=TAGS,
)
async def post_check(doors: Doors, caller: Caller, number_id: str, data: CheckRequest) -> ContactList:
    """Answers are kept for a month, and for a day of those who are not; only the others are asked about, at most 300 in
    an hour. Sending needs no check before: it asks by itself.
    """
    phones = [await written.phone(doors, caller, each) for each in data.phones]
    found = await check(doors, caller, number_id, phones)
    return ContactList(items=[contact_view(*each) for each in zip(phones, found, strict=True)])


@get(
    f"{CONTACTS}/{{phone:str}}",
    opt={**SENDS, "problems": (409, 422, 429, 503)},
    operation_id="readContact",
    summary="Ask about one number",
    tags=TAGS,
)
async def get_contact(doors: Doors, caller: Caller, number_id: str, phone: str) -> ContactView:
    """The same for one."""
    asked = await written.phone(doors, caller, phone)
    return contact_view(asked, (await check(doors, caller, number_id, [asked]))[0])


@get(OPT_OUTS, opt=READS, operation_id="listOptOuts", summary="List who opted out", tags=TAGS)
async def list_opt_outs(
    doors: Doors, caller: Caller, limit: paging.Limit = paging.DEFAULT, cursor: str | None = None
) -> Page[OptOutView]:
    """They get no bulk messages, from whichever of your numbers; oldest first."""
    sealer = await doors.keyring.sealer(caller.account_id)
    after = paging.position(sealer, LISTING, cursor) if cursor else None
    found = await doors.db.read(lambda tx: find.page(tx, caller, after, limit + 1))
    return paging.page(sealer, LISTING, found, limit)


@post(
    OPT_OUTS,
    opt=SENDS,
    status_code=HTTP_204_NO_CONTENT,
    operation_id="addOptOut",
    summary="Put somebody on the list",
    tags=TAGS,
)
async def post_opt_out(doors: Doors, caller: Caller, data: OptOutRequest) -> None:
    """For who said so elsewhere. Bulk messages to them that wait are not sent either. Twice is the same as once."""
    await add(doors, caller, data.recipient)


@delete(OPT_OUTS, opt=SENDS, operation_id="removeOptOut", summary="Take somebody off the list", tags=TAGS)
async def delete_opt_out(
    doors: Doors,
    caller: Caller,
    recipient: Annotated[str, QueryParameter(description="A phone number or a WhatsApp address of a person.")],
) -> None:
    """Only when they asked for it: people report who writes to them unasked, and WhatsApp bans the number."""
    await take_off(doors, caller, recipient)


@get(f"{OPT_OUTS}/words", opt=READS, operation_id="readOptOutWords", summary="Read the words", tags=TAGS)
async def get_words(doors: Doors, caller: Caller) -> WordsView:
    """With which people opt out and in again."""
    return await doors.db.read(lambda tx: find.words(tx, caller))


@put(
    f"{OPT_OUTS}/words",
    opt={"permission": "numbers:manage"},
    operation_id="setOptOutWords",
    summary="Set the words",
    tags=TAGS,
)
async def put_words(doors: Doors, caller: Caller, data: WordsRequest) -> WordsView:
    """They count within a minute."""
    return await set_words(doors, caller, data)


@delete(
    f"{OPT_OUTS}/words",
    opt={"permission": "numbers:manage"},
    operation_id="resetOptOutWords",
    summary="Go back to everybody's words",
    tags=TAGS,
)
async def delete_words(doors: Doors, caller: Caller) -> None:
    """Your own are forgotten."""
    await reset_words(doors, caller)


routes = [
    post_check,
    get_contact,
    list_opt_outs,
    post_opt_out,
    delete_opt_out,
    get_words,
    put_words,
    delete_words,
]
