"""Carries out what messages do to earlier ones. Only their writers can edit them and take them back."""

from collections.abc import Sequence

import msgspec

from messageapi.messages.content.bodies import opened_body, sealed_body
from messageapi.messages.received import rows
from messageapi.messages.received.about import Known, writer_of
from messageapi.messages.received.arrival import Arrival
from messageapi.messages.received.came import Came
from messageapi.messages.received.rows import Ours
from messageapi.messages.received.votes import opened
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer, SealError
from messageapi.vocab.content import Document, Edit, Image, Letter, Poll, Revoke, Text, Video, Vote
from messageapi.vocab.jid import Jid


async def changed(tx: Tx, came: Sequence[Came]) -> list[Came]:
    """The same, with votes opened."""
    about = [each for each in came if each.about is not None and each.holds]
    if not about:
        return list(came)
    await rows.point(tx, {each.id: each.about.id for each in about if each.about})
    changing = [each for each in about if isinstance(each.arrival.changes, Edit | Vote)]
    bodies = await rows.sealed(tx, {each.about.id for each in changing if each.about}) if changing else {}
    await _edit(tx, about, bodies)
    await rows.revoked(tx, {each.about.id: each.arrival.event.at for each in about if each.about and _revokes(each)})
    return await _with_votes(tx, came, bodies)


def _revokes(came: Came) -> bool:
    return isinstance(came.arrival.changes, Revoke)


async def _edit(tx: Tx, about: Sequence[Came], bodies: dict[str, bytes]) -> None:
    """In order: the last text counts."""
    at: dict[str, int] = {}
    anew: dict[str, bytes] = {}
    for each in about:
        content = each.arrival.changes
        if not isinstance(content, Edit) or each.about is None:
            continue
        message_id, sealer = each.about.id, each.arrival.sealer
        at[message_id] = each.arrival.event.at
        letter = _opened(sealer, message_id, anew.get(message_id) or bodies.get(message_id))
        if letter is not None:
            anew[message_id] = sealed_body(sealer, message_id, _reworded(letter, content.text))
    await rows.edited(tx, at, anew)


def _reworded(letter: Letter, text: str) -> Letter:
    content = letter.content
    if isinstance(content, Text):
        return msgspec.structs.replace(letter, content=Text(text))
    if isinstance(content, Image | Video | Document):
        return msgspec.structs.replace(letter, content=msgspec.structs.replace(content, caption=text))
    return letter


async def _with_votes(tx: Tx, came: Sequence[Came], bodies: dict[str, bytes]) -> list[Came]:
    voted = {each.arrival.number_id for each in came if isinstance(each.arrival.changes, Vote)}
    ours = await rows.ours(tx, voted) if voted else {}
    return [
        msgspec.structs.replace(each, options=_picked(each.arrival, vote, each.about, ours, bodies))
        if isinstance(vote := each.arrival.changes, Vote) and each.about is not None
        else each
        for each in came
    ]


def _picked(
    arrival: Arrival, vote: Vote, about: Known, ours: dict[str, Ours], bodies: dict[str, bytes]
) -> list[str] | None:
    letter = _opened(arrival.sealer, about.id, bodies.get(about.id))
    if letter is None or not isinstance(letter.content, Poll):
        return None
    mine = _addresses(ours[arrival.number_id])
    authors = mine if about.ours else about.addresses
    voters = mine if arrival.own else writer_of(arrival)
    return opened(letter.content, vote, sorted(authors), sorted(voters))


def _addresses(ours: Ours) -> frozenset[str]:
    return frozenset(str(Jid.parse(each).bare) for each in (ours.jid, ours.lid) if each)


def _opened(sealer: Sealer, message_id: str, sealed: bytes | None) -> Letter | None:
    """None when it is not kept any more."""
    if sealed is None:
        return None
    try:
        return opened_body(sealer, message_id, sealed)
    except SealError:
        return None
