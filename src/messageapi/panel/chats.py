"""What a virtual phone's screen shows: its chats, and the bubbles of one with their ticks."""

from typing import NamedTuple

from messageapi.sandbox.client import InboxMessage, SandboxControl, SentShown
from messageapi.sandbox.shown import NoticeShown

_ABOUT_ANOTHER = frozenset({"reaction", "poll_vote", "edit", "revoke"})
_TICKS = {"": 1, "delivered": 2, "read": 3, "played": 3}
_PAGE = 1000
TYPING_MS = 15_000


class Bubble(NamedTuple):
    """`ticks`: 1 sent, 2 delivered, 3 read, of what the phone wrote itself; 0 of what it received."""

    id: str
    at: int
    mine: bool
    type: str
    text: str
    chat: str
    ticks: int = 0
    n: int = 0
    mime: str = ""
    filename: str = ""
    quote: str = ""
    flags: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()


class Screen(NamedTuple):
    """`chats`: the other side and the newest bubble, newest first. `typing`: who types now."""

    online: bool
    bubbles: list[Bubble]
    chats: list[tuple[str, Bubble]]
    typing: frozenset[str]

    def of(self, chat: str) -> list[Bubble]:
        return [each for each in self.bubbles if each.chat == chat]


OFF = Screen(True, [], [], frozenset())
"""A phone nobody has used yet."""


async def screen(control: SandboxControl, phone: str, now: int) -> Screen:
    """As the phone is now; a phone that does not exist yet is as new."""
    known = {each.phone: each for each in await control.phones()}
    if phone not in known:
        return OFF
    received = (await control.inbox(phone, max(0, known[phone].inbox - _PAGE))).messages
    sent = (await control.written(phone)).sent
    notices = (await control.notices(phone)).notices
    bubbles = sorted([*_received(received, sent), *_sent(sent, received, notices)], key=lambda each: each.at)
    newest = {each.chat: each for each in bubbles}
    chats = sorted(newest.items(), key=lambda each: -each[1].at)
    return Screen(known[phone].online, bubbles, chats, _typing(notices, now))


def _received(received: list[InboxMessage], sent: list[SentShown]) -> list[Bubble]:
    reactions = _reactions(received, sent)
    return [
        Bubble(
            id=each.id,
            at=each.at,
            mine=each.own,
            type=each.type,
            text=each.text or _said(each),
            chat=each.chat,
            ticks=1 if each.own else 0,
            n=each.n if each.media and not each.media.error else 0,
            mime=each.media.mime if each.media else "",
            filename=each.media.filename if each.media else "",
            quote=each.quote.text if each.quote else "",
            flags=tuple(name for name in ("edited", "revoked", "forwarded") if getattr(each, name)),
            reactions=reactions.get(each.id, ()),
        )
        for each in received
        if each.type not in _ABOUT_ANOTHER
    ]


def _said(message: InboxMessage) -> str:
    """In words, what has no text."""
    if message.poll:
        return "\n".join((message.poll.question, *(f"\N{BULLET} {option}" for option in message.poll.options)))
    if message.location:
        place = message.location
        return place.name or f"{place.latitude:.5f}, {place.longitude:.5f}"
    return ", ".join(each.name for each in message.contacts)


def _sent(sent: list[SentShown], received: list[InboxMessage], notices: list[NoticeShown]) -> list[Bubble]:
    reached: dict[str, int] = {}
    for notice in notices:
        if notice.kind == "receipt":
            for message_id in notice.ids:
                reached[message_id] = max(reached.get(message_id, 1), _TICKS.get(notice.state, 1))
    reactions = _reactions(received, sent)
    return [
        Bubble(
            id=each.id,
            at=each.at,
            mine=True,
            type=each.type,
            text=each.text,
            chat=each.to,
            ticks=reached.get(each.id, 1),
            mime=each.mime,
            filename=each.filename,
            reactions=reactions.get(each.id, ()),
        )
        for each in sent
        if each.type not in _ABOUT_ANOTHER
    ]


def _reactions(received: list[InboxMessage], sent: list[SentShown]) -> dict[str, tuple[str, ...]]:
    """By message, the newest of each person."""
    newest: dict[tuple[str, str], str] = {}
    for each in received:
        if each.type == "reaction" and each.target:
            newest[each.target.id, each.from_] = each.text
    for mine in sent:
        if mine.type == "reaction":
            newest[mine.target, ""] = mine.text
    found: dict[str, tuple[str, ...]] = {}
    for (message_id, _), emoji in newest.items():
        found[message_id] = (*found.get(message_id, ()), *([emoji] if emoji else []))
    return found


def _typing(notices: list[NoticeShown], now: int) -> frozenset[str]:
    newest = {each.chat: each for each in notices if each.kind == "typing"}
    return frozenset(chat for chat, each in newest.items() if each.state != "paused" and now - each.at < TYPING_MS)
