"""What is inside a decrypted message, of every type a client can send."""

from typing import NamedTuple

import msgspec

from messageapi.sandbox.phones.content import fields as at
from messageapi.sandbox.shown import (
    ContactShown,
    LocationShown,
    MediaShown,
    PollShown,
    PreviewShown,
    QuoteShown,
    Said,
    Sealed,
    TargetShown,
)
from messageapi.sandbox.wire.protobuf import Fields

# About messages, not messages themselves.
_SILENT = frozenset((at.KEY_DISTRIBUTION, at.PROTOCOL, at.DEVICE_SENT, 15, at.MESSAGE_CONTEXT))
_DEEPEST = 4


class Key(NamedTuple):
    """How a message names an earlier one, as its sender sees it: `chat` may be ours, `author` is for groups."""

    id: str
    chat: str
    from_me: bool
    author: str

    @classmethod
    def of(cls, key: Fields) -> "Key":
        return cls(key.text(3), key.text(1), bool(key.int(2)), key.text(4))


class Vote(NamedTuple):
    """Sealed with the secret of its poll."""

    payload: bytes
    iv: bytes


class Reading(NamedTuple):
    said: Said
    key: Key | None = None
    vote: Vote | None = None


def describe(message: Fields) -> Reading | None:
    """None for messages without content of their own, such as the distribution of a group key."""
    outer = message
    for _ in range(_DEEPEST):
        wrapper = next((number for number in at.WRAPPERS if number in message), None)
        if wrapper is None:
            break
        message = message.message(wrapper).message(1)
    if at.CONVERSATION in message:
        return Reading(Said(type="text", text=message.text(at.CONVERSATION)))
    said = _content(message, outer)
    return Reading(said) if said else _about_another(message)


def _content(message: Fields, outer: Fields) -> Said | None:
    for number in message.numbers:
        if number in at.MEDIA:
            body = message.message(number)
            return _with_context(_media(number, body), body, at.CONTEXT)
        if number in at.POLLS:
            body, secret = message.message(number), message.message(at.MESSAGE_CONTEXT).bytes(3)
            secret = secret or outer.message(at.MESSAGE_CONTEXT).bytes(3)
            return _with_context(_poll(body, secret), body, at.POLL_CONTEXT)
        if number in _READERS:
            body = message.message(number)
            return _with_context(_READERS[number](body), body, at.CONTEXT)
        if number in at.PLAIN:
            kind, text = at.PLAIN[number]
            return Said(type=kind, text=message.message(number).text(text))
    return None


def _about_another(message: Fields) -> Reading | None:
    if at.REACTION in message:
        body = message.message(at.REACTION)
        return _about(Key.of(body.message(1)), Said(type="reaction", text=body.text(2)))
    if at.POLL_UPDATE in message:
        body = message.message(at.POLL_UPDATE)
        vote = Vote(body.message(2).bytes(1), body.message(2).bytes(2))
        return _about(Key.of(body.message(1)), Said(type="poll_vote", text=""))._replace(vote=vote)
    if at.PROTOCOL in message:
        return _change(message.message(at.PROTOCOL))
    return None if _SILENT.issuperset(message.numbers) else Reading(Said(type="unknown", text=""))


def _change(protocol: Fields) -> Reading | None:
    """A message taken back or edited. The kind 0, revoke, may be left out."""
    kind = protocol.int(2)
    if kind == at.REVOKE and 1 in protocol:
        return _about(Key.of(protocol.message(1)), Said(type="revoke", text=""))
    edited = describe(protocol.message(14)) if kind == at.EDIT and 14 in protocol else None
    if edited is None:
        return None
    return _about(Key.of(protocol.message(1)), msgspec.structs.replace(edited.said, type="edit", media=None))


def _about(key: Key, said: Said) -> Reading:
    return Reading(msgspec.structs.replace(said, target=TargetShown(key.id)), key)


def _media(number: int, body: Fields) -> Said:
    kind, place = at.MEDIA[number]
    if place.voice and body.int(place.voice):
        kind = "voice"
    sealed = Sealed(
        path=body.text(place.path),
        key=body.bytes(place.key).hex(),
        sha256=body.bytes(place.sha256).hex(),
        enc_sha256=body.bytes(place.enc_sha256).hex(),
        length=body.int(place.length),
    )
    media = MediaShown(
        mime=body.text(place.mime),
        filename=body.text(place.filename),
        seconds=body.int(place.seconds),
        width=body.int(place.width),
        height=body.int(place.height),
        thumbnail=len(body.bytes(place.thumbnail)),
        waveform=len(body.bytes(place.waveform)),
        animated=bool(body.int(place.animated)),
        sealed=sealed,
    )
    return Said(type=kind, text=body.text(place.caption), media=media)


def _extended_text(body: Fields) -> Said:
    url = body.text(2)
    preview = PreviewShown(url, body.text(6), body.text(5), len(body.bytes(16))) if url else None
    return Said(type="text", text=body.text(1), preview=preview)


def _location(body: Fields) -> Said:
    place = LocationShown(body.double(1), body.double(2), body.text(3), body.text(4))
    return Said(type="location", text=place.name, location=place)


def _live_location(body: Fields) -> Said:
    return Said(type="live_location", text=body.text(6), location=LocationShown(body.double(1), body.double(2)))


def _contact(body: Fields) -> Said:
    card = ContactShown(body.text(1), body.text(16))
    return Said(type="contact", text=card.name, contacts=[card])


def _contacts(body: Fields) -> Said:
    cards = [ContactShown(card.text(1), card.text(16)) for card in body.messages(2)]
    return Said(type="contact", text=body.text(1), contacts=cards)


def _poll(body: Fields, secret: bytes) -> Said:
    options = [option.text(1) for option in body.messages(3)]
    poll = PollShown(body.text(2), options, body.int(4), secret.hex())
    return Said(type="poll", text=poll.question, poll=poll)


_READERS = {
    at.EXTENDED_TEXT: _extended_text,
    at.LOCATION: _location,
    at.LIVE_LOCATION: _live_location,
    at.CONTACT: _contact,
    at.CONTACTS: _contacts,
}


def _with_context(said: Said, body: Fields, number: int) -> Said:
    """Quote, mentions and forwarding. Persons are named here by the address that the message gives."""
    if number not in body:
        return said
    context = body.message(number)
    quoted = describe(context.message(at.QUOTED)) if at.QUOTED in context else None
    kind, text = (quoted.said.type, quoted.said.text) if quoted else ("unknown", "")
    quote_id = context.text(at.QUOTED_ID)
    return msgspec.structs.replace(
        said,
        quote=QuoteShown(quote_id, context.text(at.QUOTED_AUTHOR), kind, text) if quote_id else None,
        mentions=context.texts(at.MENTIONED),
        mentions_all=bool(context.int(at.MENTIONS_ALL)),
        forwarded=bool(context.int(at.FORWARDED)),
        forwarding_score=context.int(at.SCORE),
    )
