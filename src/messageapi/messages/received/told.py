"""The public event of a message that came. One place says which facts it carries."""

from messageapi.engines.port import Inbound
from messageapi.messages.announce import Values
from messageapi.messages.content.contents import Fields, said
from messageapi.messages.inbound_media.link import link_to
from messageapi.messages.received.arrival import Arrival
from messageapi.messages.received.came import Came
from messageapi.store.outbox import outbox_row
from messageapi.vocab.clock import iso
from messageapi.vocab.content import Edit, Reaction, Revoke, Vote
from messageapi.vocab.events import (
    Facts,
    MessageArrived,
    MessageEdited,
    MessageElsewhere,
    MessageReacted,
    MessageRevoked,
    MessageUndecryptable,
    PollVoted,
)

HOUR = 3_600_000


def told(came: Came, now: int, hours: int) -> Values | None:
    """A row of the outbox; None where nothing happened."""
    if not came.holds:
        return None
    kind, facts = _facts(came, now + hours * HOUR)
    arrival = came.arrival
    return outbox_row(
        arrival.sealer,
        account_id=arrival.account_id,
        number_id=arrival.number_id,
        chat=arrival.event.chat,
        type=kind,
        data=facts,
        now=now,
        hours=hours,
    )


def _facts(came: Came, ends: int) -> tuple[str, Facts]:
    """`ends`: when its body goes."""
    reported = came.arrival.event
    if not isinstance(reported, Inbound):
        reason = "phones_only" if reported.unavailable else "not_decrypted"
        facts = MessageUndecryptable(
            **_who(came), reason=reason, sender=came.arrival.sender, push_name=reported.push_name
        )
        return "message.undecryptable", facts
    change = came.arrival.changes
    if change is not None:
        return _change(came, change, _changing(came, reported))
    if reported.from_me:
        return "message.sent_elsewhere", MessageElsewhere(**_who(came), **_content(came, ends), status="sent")
    writer: Fields = {"sender": came.arrival.sender, "push_name": reported.push_name}
    return "message.received", MessageArrived(**_who(came), **_content(came, ends), **writer, status="received")


def _change(came: Came, change: Edit | Revoke | Reaction | Vote, changing: Fields) -> tuple[str, Facts]:
    match change:
        case Edit(text=text):
            return "message.edited", MessageEdited(**changing, text=text)
        case Reaction(emoji=emoji):
            return "message.reaction", MessageReacted(**changing, emoji=emoji or None)
        case Vote():
            return "poll.vote", PollVoted(**changing, options=came.options)
        case Revoke():
            return "message.revoked", MessageRevoked(**changing)


def _who(came: Came) -> Fields:
    arrival: Arrival = came.arrival
    return {
        "message_id": came.id,
        "wa_message_id": arrival.event.wa_id,
        "at": iso(arrival.event.at),
        "type": arrival.type,
        "chat": arrival.event.chat,
        "phone": arrival.phone,
        "lid": arrival.lid,
        "late": arrival.event.late,
    }


def _content(came: Came, ends: int) -> Fields:
    letter, arrival = came.arrival.letter, came.arrival
    if letter is None:
        return {"text": None}
    url = link_to(letter, arrival.base_url, arrival.sealer, (came.id, ends))
    return said(letter, came.about.id if came.about else None, came.people, url)


def _changing(came: Came, reported: Inbound) -> Fields:
    arrival = came.arrival
    return {
        "message_id": came.about.id if came.about else None,
        "wa_message_id": arrival.changes.target.wa_id if arrival.changes else "",
        "change_id": came.id,
        "at": iso(reported.at),
        "chat": reported.chat,
        "sender": arrival.sender,
        "phone": reported.sender_phone or arrival.phone,
        "lid": reported.sender_lid or arrival.lid,
        "push_name": reported.push_name,
        "late": reported.late,
    }
