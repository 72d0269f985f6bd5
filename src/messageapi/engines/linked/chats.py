"""What a session does in chats beside sending: typing, read marks, looking people up. All of it off the event loop."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from messageapi.engines.linked import addresses
from messageapi.engines.linked.addresses import bare
from messageapi.engines.linked.library.native import Client, GoneError
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.linked.library.threads import on_thread, within
from messageapi.engines.linked.people import other
from messageapi.engines.port import EngineError, Found, SendJob, Typing
from messageapi.vocab.content import Content, Voice
from messageapi.vocab.jid import LID_SERVER, PN_SERVER

T = TypeVar("T")

CALL_S = 5.0
_LOOK_UP_S = 20.0
_COMPOSING, _PAUSED = 0, 1
_MEDIA = {"typing": 0, "recording": 1}
NAMELESS = "PushName"  # in the library's refusal to be seen before it knows the account's name
_NOBODY = "Function returned nothing."  # the library's words for an empty answer


def show(client: Client, chat: bytes, kind: Typing, *, on: bool, stays: bool = False) -> str:
    """What went wrong, or nothing. Only who is online is seen typing; but a phone is silent while we are online, so
    that ends with it unless it `stays`.
    """
    if on:
        client.presence("available")  # refused until the push name is known: then the typing may not be seen
        return client.chat_presence(chat, _COMPOSING, _MEDIA[kind])
    problem = client.chat_presence(chat, _PAUSED, _MEDIA[kind])
    if not stays:
        client.presence("unavailable")
    return problem


def seem_human(client: Client, job: SendJob, closing: threading.Event, *, stays: bool = False) -> bool:
    """Type for as long as the letter says; False when the session closed meanwhile.

    Typing that cannot be shown is no reason not to send.
    """
    chat, kind = address(job.chat), _kind(job.letter.content)
    with suppress(TimeoutError, GoneError):
        within(lambda: show(client, chat, kind, on=True), CALL_S)
    closed = closing.wait(job.letter.typing_ms / 1000)
    with suppress(TimeoutError, GoneError):
        within(lambda: show(client, chat, kind, on=False, stays=stays), CALL_S)
    return not closed


def _kind(content: Content) -> Typing:
    return "recording" if isinstance(content, Voice) else "typing"


async def show_typing(client: Client, chat: str, kind: Typing, *, on: bool, stays: bool = False) -> None:
    where = address(chat)
    done(await asked(lambda: show(client, where, kind, on=on, stays=stays), CALL_S))


async def mark_read(client: Client, chat: str, sender: str, wa_ids: list[str]) -> None:
    where, who, now = address(chat), address(sender or chat), int(time.time())
    if wa_ids:
        done(await asked(lambda: client.mark_read(" ".join(wa_ids), now, where, who), CALL_S))


async def look_up(client: Client, phones: list[str]) -> list[Found]:
    return await asked(lambda: _found(client, phones), _LOOK_UP_S) if phones else []


def address(text: str) -> bytes:
    try:
        return addresses.to_bytes(text)
    except ValueError:
        raise EngineError("bad_recipient", "The recipient is not a WhatsApp address.", permanent=True) from None


def _found(client: Client, phones: list[str]) -> list[Found]:
    answer = wire.IsOnWhatsAppReturnFunction.FromString(client.on_whatsapp(" ".join(phones)))
    if answer.Error and answer.Error != _NOBODY:
        raise EngineError("no_answer", "WhatsApp did not say who has these numbers.", permanent=False)
    known = {_digits(one.Query): bare(one.JID) for one in answer.IsOnWhatsAppResponse if one.IsIn}
    return [_person(client, phone, known.get(_digits(phone), "")) for phone in phones]


def _person(client: Client, phone: str, jid: str) -> Found:
    """WhatsApp names one of the two addresses; the library has learned the other with the same answer."""
    if not jid:
        return Found(phone)
    if jid.endswith(f"@{LID_SERVER}"):
        number = other(client.phone_of, jid) or f"{_digits(phone)}@{PN_SERVER}"
        return Found(phone, number, jid, on_whatsapp=True)
    return Found(phone, jid, other(client.lid_of, jid), on_whatsapp=True)


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone.partition("@")[0]))


async def asked(call: Callable[[], T], deadline_s: float) -> T:
    try:
        return await on_thread(call, deadline_s)
    except TimeoutError:
        raise EngineError("no_answer", "WhatsApp did not answer in time.", permanent=False) from None
    except GoneError:
        raise EngineError("not_connected", "The session is closed.", permanent=False) from None


def done(problem: str) -> None:
    if problem:
        code = "not_connected" if "not connected" in problem else "engine_failed"
        raise EngineError(code, "WhatsApp could not be told.", permanent=False)
