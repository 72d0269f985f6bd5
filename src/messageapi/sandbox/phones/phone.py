"""A virtual phone: keys, sessions, inbox, habits. It takes stanzas from the server as a real phone would, in memory."""

from collections.abc import Callable

import msgspec

from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account, Device
from messageapi.sandbox.phones import decrypt, linking, notices, retry
from messageapi.sandbox.phones.appstatekey import AppStateKey
from messageapi.sandbox.phones.downloads import Downloads
from messageapi.sandbox.phones.inbox import Inbox
from messageapi.sandbox.phones.keys import PhoneKeys
from messageapi.sandbox.phones.lines import Lines
from messageapi.sandbox.phones.recent import Recent
from messageapi.sandbox.phones.reception import Reception
from messageapi.sandbox.phones.senderkeys import SenderKeys
from messageapi.sandbox.phones.sent import Sent, Unread
from messageapi.sandbox.phones.sessions import Sessions
from messageapi.sandbox.server import presence
from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.wire.protobuf import ProtobufError
from messageapi.sandbox.wire.stanza import Node, NodeError

MOST_SENT = 500
MOST_NOTICES = 2000
MOST_WRITTEN = 500
MOST_SEEN = 5000
MOST_CALLS = 100


class Habits(msgspec.Struct):
    """How the phone behaves; changed through the control interface and kept over a restart."""

    online: bool = True
    delay_ms: int = 0
    receipts: tuple[str, ...] = ("delivered", "read")
    ask_retry: bool = False
    garble: bool = False  # nobody can read what it writes until it is asked to write it again


class Phone:
    def __init__(self, account: Account, keys: PhoneKeys, app_state_key: AppStateKey) -> None:
        self.account = account
        self.network = account.network
        self.keys = keys
        self.app_state_key = app_state_key
        self.sessions = Sessions(keys)
        self.sender_keys = SenderKeys()
        self.inbox = Inbox()
        self.notices = Lines(MOST_NOTICES)
        self.written = Lines(MOST_WRITTEN)  # as it is shown; in memory only, as the notices
        self.downloads = Downloads(self)
        self.habits = Habits()
        self.sent: Recent[str, Sent] = Recent(MOST_SENT)
        self.unread: Recent[str, Unread] = Recent(MOST_SEEN)
        self.seen: Recent[tuple[str, str], str] = Recent(MOST_SEEN)
        self.calls: Recent[str, str] = Recent(MOST_CALLS)  # the numbers it calls, by id
        self.asked: Recent[tuple[str, str], int] = Recent(MOST_SEEN)
        self.reception = Reception(self)
        self.device: Device = keys.device(account)
        self.device.post = self.reception
        account.devices[0] = self.device

    @classmethod
    def create(cls, account: Account) -> "Phone":
        phone = cls(account, PhoneKeys.create(), AppStateKey.create())
        phone.keys.replenish(phone.device)
        return phone

    @property
    def online(self) -> bool:
        return self.habits.online

    @property
    def identity(self) -> bytes:
        return self.keys.identity.public

    def demand_online(self) -> None:
        if not self.habits.online:
            raise SandboxError("offline", "This phone is offline. Bring it back first.", 409)

    def change(self, habits: Habits) -> None:
        moved = habits.online != self.habits.online
        self.habits = habits
        self.account.touch()
        if moved:
            presence.tell_watchers(self.account)
        self.reception.wake()

    def receive(self, node: Node) -> None:
        """One stanza from the server. Whatever a stranger has put into it, the network goes on."""
        handler = _HANDLERS.get(node.tag)
        if handler is None:
            return
        try:
            handler(self, node)
        except (NodeError, ProtobufError, SignalError):
            self.network.stats.count("phone_malformed")
        self.account.touch()

    def introduce(self, device: Device) -> None:
        """A newly linked device is ready: give it the account's keys, name and (empty) history."""
        linking.introduce(self, device)

    def forget_sessions(self) -> None:
        """As a phone that was set up anew: what it is sent now it cannot read at first."""
        self.sessions.forget_all()
        self.sender_keys.forget_all()

    def recover(self) -> None:
        """After a crash what was saved may be older than what others have seen: write in new sessions."""
        self.sessions.distrust_all()
        self.sender_keys.distrust_own()


def _replenish(phone: Phone, node: Node) -> None:
    if node.text("type") == "encrypt":
        phone.keys.replenish(phone.device)


def _receipt(phone: Phone, node: Node) -> None:
    if node.text("type") == "retry":
        retry.receive(phone, node)
    else:
        notices.receipt(phone, node)


_HANDLERS: dict[str, Callable[[Phone, Node], None]] = {
    "message": decrypt.receive,
    "receipt": _receipt,
    "chatstate": notices.typing,
    "presence": notices.presence,
    "call": notices.call,
    "notification": _replenish,
}
