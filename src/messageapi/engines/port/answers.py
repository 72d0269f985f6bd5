"""What a host answers to a command."""

from typing import Literal

import msgspec

from messageapi.engines.port.groups import GroupPage, GroupShown, Invite, MembersChanged
from messageapi.vocab.content import Media


class Done(msgspec.Struct, frozen=True, tag=True):
    """The command was carried out."""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The command was not carried out.
    Codes: stale_epoch, unknown_number, host_full, engine_failed, wrong_network, stopping; of a Submit also too_late and
    not_written, of a chat's commands not_connected, bad_recipient, no_answer; of a Download not_connected, no_answer,
    media_gone (WhatsApp does not keep it any more), media_damaged, media_unsupported, storage_full.
    """

    code: str
    detail: str


class Outcomes(msgspec.Struct, frozen=True, tag=True):
    """Answer to AskOutcomes, same order. `pending`: will be reported by an event. `unknown`: never received here."""

    states: list[Literal["unknown", "pending", "reported"]]


class Found(msgspec.Struct, frozen=True):
    """One phone number asked about. `jid` is the number WhatsApp knows the person by, which may have other digits
    (Brazil's ninth); `lid` is empty where WhatsApp did not say it. Both are empty for somebody not on WhatsApp.
    """

    phone: str
    jid: str = ""
    lid: str = ""
    on_whatsapp: bool = False


class LookedUp(msgspec.Struct, frozen=True, tag=True):
    """Answer to LookUp, same order."""

    found: list[Found]


class Downloaded(msgspec.Struct, frozen=True, tag=True):
    """Answer to Download: the same file with its place in the blob door, its true size and digest."""

    media: Media


class Answers(msgspec.Struct, frozen=True, tag=True):
    """Answer to Submits, same order."""

    answers: list[Done | Refused]


Answer = Done | Refused | Outcomes | Answers | LookedUp | Downloaded | GroupPage | GroupShown | MembersChanged | Invite
