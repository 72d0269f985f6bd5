"""A phone's Signal sessions by device: the current one, and a few older ones for messages that are still under way."""

import msgspec

from messageapi.sandbox.network import Device
from messageapi.sandbox.phones.keys import SIGNED_PREKEY_ID, PhoneKeys
from messageapi.sandbox.server.prekeys import take_bundle
from messageapi.sandbox.signal.errors import DuplicateMessage, UndecryptableMessage
from messageapi.sandbox.signal.padding import pad, unpad
from messageapi.sandbox.signal.ratchet import (
    PreKeyBundle,
    PreKeyMessage,
    Session,
    SessionState,
    parse_prekey_message,
)
from messageapi.sandbox.wire.stanza import Jid

MOST_SESSIONS = 4  # with one device


class PeerState(msgspec.Struct):
    user: str
    server: str
    device: int
    sessions: list[SessionState]
    stale: bool = False  # not to be written in any more


class Sessions:
    """`_peers` holds a device's sessions, the current one first."""

    def __init__(self, keys: PhoneKeys) -> None:
        self._keys = keys
        self._peers: dict[Jid, list[Session]] = {}
        self._stale: set[Jid] = set()

    def encrypt(self, device: Device, plain: bytes) -> tuple[str, bytes]:
        """The kind ("msg" or "pkmsg") and the ciphertext."""
        known = self._peers.get(device.jid)
        if not known or device.jid in self._stale:
            self.renew(device.jid, take_bundle(device))
            known = self._peers[device.jid]
        return known[0].encrypt(pad(plain))

    def renew(self, jid: Jid, bundle: PreKeyBundle) -> None:
        self._stale.discard(jid)
        self._adopt(jid, Session.initiate(self._keys.identity, self._keys.registration_id, bundle))

    def decrypt(self, sender: Jid, kind: str, data: bytes) -> bytes:
        if kind == "msg":
            return unpad(self._decrypt_known(sender, data))
        if kind == "pkmsg":
            return unpad(self._decrypt_first(sender, parse_prekey_message(data)))
        raise UndecryptableMessage("this kind of ciphertext is not known")

    def _decrypt_known(self, sender: Jid, data: bytes) -> bytes:
        known = self._peers.get(sender, [])
        problem = UndecryptableMessage("there is no session with this device")
        for session in known:
            try:
                plain = session.decrypt(data)
            except DuplicateMessage:
                raise
            except UndecryptableMessage as error:
                problem = error
                continue
            if session is not known[0]:
                self._adopt(sender, session)
            return plain
        raise problem

    def _decrypt_first(self, sender: Jid, message: PreKeyMessage) -> bytes:
        """A sender repeats the first form until it is answered: the same base key is the same session."""
        for session in self._peers.get(sender, ()):
            if session.base_key == message.base_key:
                return session.decrypt(message.message)
        if message.signed_prekey_id != SIGNED_PREKEY_ID:
            raise UndecryptableMessage("the message uses a signed prekey that is gone")
        keys = self._keys
        one_time = keys.one_time(message.prekey_id)
        session = Session.respond(keys.identity, keys.signed_prekey, one_time, message.identity, message.base_key)
        plain = session.decrypt(message.message)
        keys.use_up(message.prekey_id)
        self._adopt(sender, session)
        return plain

    def _adopt(self, jid: Jid, session: Session) -> None:
        others = [other for other in self._peers.get(jid, ()) if other is not session]
        self._peers[jid] = [session, *others][:MOST_SESSIONS]

    def forget_all(self) -> None:
        self._peers.clear()
        self._stale.clear()

    def distrust_all(self) -> None:
        """After a crash the counters may be behind: read with what there is, but write in new sessions."""
        self._stale = set(self._peers)

    def to_state(self) -> list[PeerState]:
        return [
            PeerState(*jid, [session.to_state() for session in known], jid in self._stale)
            for jid, known in self._peers.items()
        ]

    def restore(self, peers: list[PeerState]) -> None:
        for peer in peers:
            jid = Jid(peer.user, peer.server, peer.device)
            self._peers[jid] = [Session.from_state(state) for state in peer.sessions]
            if peer.stale:
                self._stale.add(jid)
