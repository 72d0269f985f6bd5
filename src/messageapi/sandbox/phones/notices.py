"""What a phone notices beside messages: somebody types, calls, has received, read or listened, is
there or gone.

Kept in memory only: after a restart of the network there is nothing left of it.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from messageapi.sandbox.network import GROUP_SERVER
from messageapi.sandbox.server.relay.receipts import receipt_ids
from messageapi.sandbox.shown import NoticeShown
from messageapi.sandbox.wire.stanza import Node

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone


def typing(phone: "Phone", node: Node) -> None:
    for shown in node.children():
        recording = shown.tag == "composing" and shown.text("media") == "audio"
        _note(phone, node, "typing", "recording" if recording else shown.tag)


def receipt(phone: "Phone", node: Node) -> None:
    _note(phone, node, "receipt", node.text("type", "delivered"), receipt_ids(node))


def presence(phone: "Phone", node: Node) -> None:
    _note(phone, node, "presence", node.text("type", "available"))


def call(phone: "Phone", node: Node) -> None:
    for said in node.children():
        _note(phone, node, "call", said.tag, [said.text("call-id")])


def _note(phone: "Phone", node: Node, kind: str, state: str, ids: Sequence[str] = ()) -> None:
    chat, author = node.jid("from"), node.jid("participant") or node.jid("from")
    account = phone.network.account_of(author)
    if chat is None or author is None or account is None:
        return
    notice = NoticeShown(
        n=phone.notices.last + 1,
        at=time.time_ns() // 1_000_000,
        kind=kind,
        state=state,
        from_=account.e164,
        from_device=author.device,
        chat=str(chat) if chat.server == GROUP_SERVER else account.e164,
        ids=list(ids),
    )
    phone.notices.append(msgspec.json.encode(notice))
