"""A phone writes: one ciphertext for each device of the other side and of its own account, or one for a whole group."""

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

import msgspec

from messageapi.sandbox.draft import Draft
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import GROUP_SERVER, Account, Device, Group
from messageapi.sandbox.phones.content import between_devices, writing
from messageapi.sandbox.phones.content.writing import File
from messageapi.sandbox.phones.sent import Sent
from messageapi.sandbox.server.mediastore import MediaStore
from messageapi.sandbox.server.relay import messages
from messageapi.sandbox.shown import SentShown
from messageapi.sandbox.signal.media import digests, seal
from messageapi.sandbox.wire.stanza import Attribute, Jid, Node

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone

_BEHIND = -20


async def send(phone: "Phone", draft: Draft) -> str:
    """Raise SandboxError when it cannot be written or the server refuses it, else return the message's id."""
    writing.check(draft)
    to = addressee(phone, draft.to)
    file = await asyncio.to_thread(_upload, phone.network.media, draft.type, draft.media.data) if draft.media else None
    phone.demand_online()
    chat = to.jid if isinstance(to, Group) else to.lid_jid
    refusal = messages.refusal(phone.network, phone.device, chat)
    if refusal is not None:
        raise SandboxError("refused", f"The network refuses this message with error {refusal}.", 409)
    written = writing.write(phone, draft, to, file)
    message_id = draft.id or "3A" + secrets.token_hex(9).upper()
    phone.sent.remember(message_id, Sent(str(chat), written.stanza, written.plain))
    parts = _group_parts(phone, to, written.plain) if isinstance(to, Group) else [_copies(phone, to, written.plain)]
    attrs: dict[str, Attribute] = {"id": message_id, "to": chat, "type": written.stanza}
    if isinstance(to, Account):
        attrs["peer_recipient_pn"] = to.pn_jid  # our linked devices learn both addresses of the chat
    if written.edit:
        attrs["edit"] = written.edit
    messages.relay(phone.network, phone.device, Node("message", attrs, parts), chat)
    _note(phone, draft, to, message_id)
    phone.account.touch()
    return message_id


def _note(phone: "Phone", draft: Draft, to: Account | Group, message_id: str) -> None:
    shown = SentShown(
        n=phone.written.last + 1,
        id=message_id,
        at=time.time_ns() // 1_000_000,
        to=str(to.jid) if isinstance(to, Group) else to.e164,
        type=draft.type,
        text=draft.text,
        mime=draft.media.mime if draft.media else "",
        filename=draft.media.filename if draft.media else "",
        target=draft.target or "",
    )
    phone.written.append(msgspec.json.encode(shown))


def _upload(store: MediaStore, kind: str, data: bytes) -> File:
    key, sealed = seal(kind, data)
    return File(store.put(sealed), key, *digests(data, sealed))


def send_to_companion(phone: "Phone", device: Device, plain: bytes) -> None:
    """A message about the account itself, from phone to linked device."""
    message_id = "3A" + secrets.token_hex(9).upper()
    phone.sent.remember(message_id, Sent(str(phone.account.lid_jid), "text", plain, peer=True))
    attrs: dict[str, Attribute] = {"id": message_id, "to": phone.account.lid_jid, "type": "text", "category": "peer"}
    participants = Node("participants", {}, [_copy(phone, device, plain)])
    messages.relay(phone.network, phone.device, Node("message", attrs, [participants]), phone.account.lid_jid)


def _copies(phone: "Phone", to: Account, plain: bytes) -> Node:
    theirs = [device for device in to.devices.values() if device.account is not phone.account]
    copies = [_copy(phone, device, plain) for device in theirs]
    own = between_devices.sent_by_own_device(str(to.lid_jid), plain)
    copies += [_copy(phone, device, own) for device in phone.account.linked]
    return Node("participants", {}, copies)


def _group_parts(phone: "Phone", group: Group, plain: bytes) -> list[Node]:
    """The key goes to those devices that do not have it yet, then one ciphertext serves them all."""
    key, chat = phone.sender_keys.own(str(group.jid)), str(group.jid)
    everyone = [device for member in group.members for device in member.devices.values() if device is not phone.device]
    distribution = between_devices.key_distribution(chat, key.distribution())
    copies = [_copy(phone, device, distribution) for device in everyone if device.jid not in key.given_to]
    key.given_to.update(device.jid for device in everyone)
    common = Node("enc", {"v": "2", "type": "skmsg"}, key.encrypt(plain))
    return [Node("participants", {}, copies), common]


def _copy(phone: "Phone", device: Device, plain: bytes) -> Node:
    kind, data = phone.sessions.encrypt(device, plain)
    if phone.habits.garble:
        data = _garbled(data)
    return Node("to", {"jid": device.jid}, [Node("enc", {"v": "2", "type": kind}, data)])


def _garbled(data: bytes) -> bytes:
    """Changed inside the ciphertext: behind it come its seal and a few numbers."""
    return data[:_BEHIND] + bytes((data[_BEHIND] ^ 1,)) + data[_BEHIND + 1 :]


def addressee(phone: "Phone", to: str) -> Account | Group:
    """Who is meant by `+E164` or `...@g.us`."""
    network = phone.network
    if to.endswith("@" + GROUP_SERVER):
        group = network.group_of(Jid(to.partition("@")[0], GROUP_SERVER))
        if group is None:
            raise SandboxError("unknown_group", "There is no such group.", 404)
        return group
    account = network.accounts.get(to.removeprefix("+"))
    if account is None:
        raise SandboxError("unknown_phone", "There is no account with this number.", 404)
    return account
