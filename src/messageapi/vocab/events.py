"""Every type of event there is, and the facts each carries. What is not listed here cannot be emitted.

The names of fields are those of the JSON that webhooks and streams bring. Facts may be added, never taken away.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from messageapi.vocab.events_beside import CallOver, CallReceived, GroupJoined, GroupUpdated, PresenceUpdated
from messageapi.vocab.said import Said


class Why(Struct, frozen=True):
    """`code` is stable, `detail` is for people and ends in what to do."""

    code: str | None
    detail: str | None


class MessageMoved(Struct, rename="camel", frozen=True, kw_only=True):
    """A message of ours. `status` is the one it has now, `at` when this happened, `attempts` how often it was tried."""

    message_id: str
    wa_message_id: str | None = None
    status: str
    at: str | None
    type: str
    chat: str
    phone: str | None
    lid: str | None
    metadata: Any = None
    attempts: int | UnsetType = UNSET
    error: Why | UnsetType = UNSET


class MessageAccepted(Struct, rename="camel", frozen=True, kw_only=True):
    """A message of ours that is stored and waits to be sent."""

    message_id: str
    status: str
    at: str | None
    type: str
    chat: str
    phone: str | None
    lid: str | None
    metadata: Any = None


class MessageArrived(Said, rename="camel", frozen=True, kw_only=True):
    """What somebody wrote. `late`: it came after the number had been away. `quote`, `media` and the like are there
    when the message has them.
    """

    message_id: str
    wa_message_id: str
    at: str | None
    type: str
    chat: str
    sender: str
    phone: str | None
    lid: str | None
    status: str
    push_name: str
    late: bool


class MessageUndecryptable(Struct, rename="camel", frozen=True, kw_only=True):
    """`reason`: `not_decrypted`, then it is asked for again, or `phones_only`, then it will not come."""

    message_id: str
    wa_message_id: str
    at: str | None
    type: str
    chat: str
    sender: str
    phone: str | None
    lid: str | None
    push_name: str
    late: bool
    reason: str


class MessageElsewhere(Said, rename="camel", frozen=True, kw_only=True):
    """What the number's owner wrote on the phone itself or another linked device. `phone` and `lid` are the other
    side's, where it is one person.
    """

    message_id: str
    wa_message_id: str
    at: str | None
    type: str
    chat: str
    phone: str | None
    lid: str | None
    status: str
    late: bool


class MessageChanged(Struct, rename="camel", frozen=True, kw_only=True):
    """About an earlier message: `messageId` is that one, null where this server does not know it. `changeId` is the
    change itself, a message of its own. `phone`, `lid` and `pushName` are of who made it.
    """

    message_id: str | None
    wa_message_id: str
    change_id: str
    at: str | None
    chat: str
    sender: str
    phone: str | None
    lid: str | None
    push_name: str
    late: bool


class MessageEdited(MessageChanged, rename="camel", frozen=True, kw_only=True):
    """`text` is the new text, or the new caption."""

    text: str


class MessageRevoked(MessageChanged, rename="camel", frozen=True, kw_only=True):
    """Taken back for everyone. `sender` is who did so: its writer, or an admin of its group."""


class MessageReacted(MessageChanged, rename="camel", frozen=True, kw_only=True):
    """`emoji` is null when a reaction is taken back. A second one of the same person replaces the first."""

    emoji: str | None


class PollVoted(MessageChanged, rename="camel", frozen=True, kw_only=True):
    """All that this person picks now; an empty list takes the vote back. Null where the poll is not known any more."""

    options: list[str] | None


class NumberMoved(Struct, rename="camel", frozen=True, kw_only=True):
    """A number of ours. `reason` says why it is in this state and what to do; `until`: the end of a limit or ban."""

    name: str
    phone: str | None
    lid: str | None
    state: str
    reason_code: str | None
    reason: str | None
    since: str | None
    until: str | None


class ContactOpted(Struct, rename="camel", frozen=True, kw_only=True):
    """Somebody does, or does not any more, want bulk messages. `source`: `message` of theirs, or `api`."""

    phone: str | None
    lid: str | None
    source: str
    at: str | None


class WebhookDisabled(Struct, rename="camel", frozen=True, kw_only=True):
    """An endpoint gets nothing any more until it is resumed. `reason` says why and what to do."""

    webhook_id: str
    description: str
    reason_code: str
    reason: str
    since: str | None


class WebhookTested(Struct, rename="camel", frozen=True, kw_only=True):
    """Sent to the one endpoint that was asked to be tested."""

    webhook_id: str
    message: str


Facts = (
    MessageMoved
    | MessageAccepted
    | MessageArrived
    | MessageUndecryptable
    | MessageElsewhere
    | MessageEdited
    | MessageRevoked
    | MessageReacted
    | PollVoted
    | NumberMoved
    | ContactOpted
    | GroupUpdated
    | GroupJoined
    | CallReceived
    | CallOver
    | PresenceUpdated
    | WebhookDisabled
    | WebhookTested
)


class Kind(msgspec.Struct, frozen=True):
    """A type of event: what its data looks like and when it happens."""

    facts: type[Facts]
    about: str


CATALOGUE: Mapping[str, Kind] = {
    "message.accepted": Kind(MessageAccepted, "A message is stored and will be sent."),
    "message.sent": Kind(MessageMoved, "WhatsApp has taken the message."),
    "message.delivered": Kind(MessageMoved, "It arrived on the recipient's phone; in a group, on the first one."),
    "message.read": Kind(MessageMoved, "It was read, or played."),
    "message.played": Kind(MessageMoved, "A voice note, sound or video was played; its status stays `read`."),
    "message.failed": Kind(MessageMoved, "It was not sent and will not be; `error` says why."),
    "message.unconfirmed": Kind(MessageMoved, "It may have left and nobody answered; a later receipt settles it."),
    "message.resent": Kind(
        MessageMoved, "It was unconfirmed and is sent once more, as its sender chose; it may arrive twice."
    ),
    "message.stuck": Kind(
        MessageMoved, "Nobody has acknowledged it for too long: WhatsApp while `sending`, the phone while `sent`."
    ),
    "message.expired": Kind(MessageMoved, "Its time was over before it could be sent."),
    "message.canceled": Kind(MessageMoved, "It was canceled before it was sent."),
    "message.received": Kind(MessageArrived, "Somebody wrote to the number."),
    "message.undecryptable": Kind(
        MessageUndecryptable, "Somebody wrote and it could not be decrypted; when it comes, `message.received` follows."
    ),
    "message.edited": Kind(MessageEdited, "Somebody gave a message of theirs another text."),
    "message.revoked": Kind(
        MessageRevoked, "A message was taken back for everyone, by its writer or an admin of its group."
    ),
    "message.reaction": Kind(MessageReacted, "Somebody reacted to a message, or took that back."),
    "poll.vote": Kind(PollVoted, "Somebody voted in a poll, changed the vote or took it back."),
    "message.sent_elsewhere": Kind(
        MessageElsewhere, "The owner wrote on the phone itself; told where the number's `ownMessages` is on."
    ),
    "number.linked": Kind(NumberMoved, "A phone confirmed the link."),
    "number.connected": Kind(NumberMoved, "The connection to WhatsApp stands, or a limit is over."),
    "number.disconnected": Kind(NumberMoved, "The connection is gone; messages wait."),
    "number.limited": Kind(NumberMoved, "WhatsApp lets the number send less until a time; see `reasonCode`."),
    "number.logged_out": Kind(NumberMoved, "The link has ended; link the number again."),
    "number.banned": Kind(NumberMoved, "WhatsApp has banned the number, for a time where `until` is given."),
    "group.updated": Kind(
        GroupUpdated, "Somebody joined, left, was promoted or demoted, or the group's name or settings changed."
    ),
    "group.joined": Kind(GroupJoined, "The number was added to a group, joined one, or made it."),
    "call.received": Kind(CallReceived, "Somebody calls the number; its `rejectCalls` turns it away."),
    "call.ended": Kind(CallOver, "A call was given up, turned away, or accepted on the phone."),
    "presence.updated": Kind(PresenceUpdated, "Somebody the number watches came online, went, or types."),
    "contact.opted_out": Kind(ContactOpted, "Somebody does not want bulk messages any more; they get none."),
    "contact.opted_in": Kind(ContactOpted, "Somebody who had opted out takes bulk messages again."),
    "webhook.disabled": Kind(WebhookDisabled, "An endpoint failed for five days, or answered 410; it gets no events."),
    "webhook.test": Kind(WebhookTested, "Somebody asked for a test; it goes to that endpoint alone."),
}


def check(kind: str, facts: Facts) -> None:
    """Raise LookupError for what the catalogue does not have: nobody could know what it means."""
    known = CATALOGUE.get(kind)
    if known is None or known.facts is not type(facts):
        raise LookupError(f"{kind} with {type(facts).__name__} is not in vocab/events.py")
