"""Editing and taking back what was sent: each is a message of its own that goes the same way."""

from typing import cast

from messageapi.messages import errors, find
from messageapi.messages.accepting.draft import Accepted, Way
from messageapi.messages.accepting.room import take_room
from messageapi.messages.accepting.send import Keyed, Options, put, sealed
from messageapi.messages.content.letters import Written, checked_text
from messageapi.messages.content.targets import target_of
from messageapi.messages.find import Known
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Content, Edit, Letter, Revoke, Worded
from messageapi.vocab.jid import GROUP_SERVER
from messageapi.vocab.phone import Recipient
from messageapi.web.doors import Doors

_MINUTE_MS = 60_000
EDIT_MS = 15 * _MINUTE_MS
REVOKE_MS = 60 * 60 * _MINUTE_MS
"""Two days and twelve hours, as WhatsApp's own apps have it."""

_HAS_WORDS = frozenset({"text", "image", "video", "document"})
_ABOUT_OTHERS = frozenset({"reaction", "edit", "revoke"})


async def edit(doors: Doors, caller: Caller, message_id: str, text: str, keyed: Keyed | None) -> Accepted:
    """Raise Problem."""
    checked_text(text)
    known = await _known(doors, caller, message_id)
    if known.direction != "outbound":
        raise errors.not_ours()
    if known.type not in _HAS_WORDS:
        raise errors.not_editable(known.type)
    target = target_of(known)
    if _age(doors, known) > EDIT_MS:
        raise errors.edit_too_late()
    return await _send(doors, caller, known, Edit(target=target, text=text, of=cast("Worded", known.type)), keyed)


async def revoke(doors: Doors, caller: Caller, message_id: str, keyed: Keyed | None) -> Accepted:
    """Of others only in a group, where WhatsApp lets admins do so. Raise Problem."""
    known = await _known(doors, caller, message_id)
    if known.direction != "outbound" and not known.chat.endswith(f"@{GROUP_SERVER}"):
        raise errors.not_ours()
    if known.type in _ABOUT_OTHERS:
        raise errors.not_revocable()
    target = target_of(known)
    if _age(doors, known) > REVOKE_MS:
        raise errors.revoke_too_late()
    return await _send(doors, caller, known, Revoke(target=target), keyed)


async def _known(doors: Doors, caller: Caller, message_id: str) -> Known:
    found = await find.known(doors, caller, message_id)
    if found is None:
        raise errors.message_not_found()
    return found


def _age(doors: Doors, known: Known) -> int:
    return doors.clock() - (known.sent_at or doors.clock())


async def _send(doors: Doors, caller: Caller, known: Known, content: Content, keyed: Keyed | None) -> Accepted:
    await take_room(doors, caller)
    kind = "edit" if isinstance(content, Edit) else "revoke"
    to = Recipient(known.chat, phone=known.phone, lid=known.lid)
    way = Way(target_id=known.id, number_id=known.number_id)
    draft = await sealed(doors, caller, to, Written(kind, Letter(content=content)), Options(way=way))
    return await put(doors, draft, keyed)
