"""Group keys: the phone's own for each group and who has it, and those of the other members' devices."""

import msgspec

from messageapi.sandbox.signal.errors import UndecryptableMessage
from messageapi.sandbox.signal.padding import pad, unpad
from messageapi.sandbox.signal.senderkey import SenderKey, SenderKeyState
from messageapi.sandbox.wire.stanza import Jid


class OwnKeyState(msgspec.Struct):
    group: str
    key: SenderKeyState
    given_to: list[str]


class MemberKeyState(msgspec.Struct):
    group: str
    member: str
    key: SenderKeyState


class OwnKey:
    """The key this phone writes with in one group. Devices that do not have it yet get its distribution first."""

    def __init__(self, key: SenderKey, given_to: set[Jid]) -> None:
        self._key = key
        self.given_to = given_to

    def distribution(self) -> bytes:
        return self._key.distribution()

    def encrypt(self, plain: bytes) -> bytes:
        return self._key.encrypt(pad(plain))

    def to_state(self, group: str) -> OwnKeyState:
        return OwnKeyState(group, self._key.to_state(), [str(jid) for jid in self.given_to])


class SenderKeys:
    def __init__(self) -> None:
        self._own: dict[str, OwnKey] = {}
        self._members: dict[tuple[str, Jid], SenderKey] = {}

    def own(self, group: str) -> OwnKey:
        if group not in self._own:
            self._own[group] = OwnKey(SenderKey.create(), set())
        return self._own[group]

    def learn(self, group: str, member: Jid, distribution: bytes) -> None:
        """Senders repeat the distribution of a key; what is known of it is further on than the repetition."""
        key, known = SenderKey.from_distribution(distribution), self._members.get((group, member))
        if known is None or known.key_id != key.key_id:
            self._members[group, member] = key

    def decrypt(self, group: str, member: Jid, data: bytes) -> bytes:
        key = self._members.get((group, member))
        if key is None:
            raise UndecryptableMessage("the sender's key for this group is not known")
        return unpad(key.decrypt(data))

    def forget_all(self) -> None:
        self._own.clear()
        self._members.clear()

    def distrust_own(self) -> None:
        self._own.clear()

    def own_state(self) -> list[OwnKeyState]:
        return [key.to_state(group) for group, key in self._own.items()]

    def member_state(self) -> list[MemberKeyState]:
        return [MemberKeyState(group, str(jid), key.to_state()) for (group, jid), key in self._members.items()]

    def restore(self, own: list[OwnKeyState], members: list[MemberKeyState]) -> None:
        for state in own:
            given_to = {Jid.parse(jid) for jid in state.given_to}
            self._own[state.group] = OwnKey(SenderKey.from_state(state.key), given_to)
        for member in members:
            self._members[member.group, Jid.parse(member.member)] = SenderKey.from_state(member.key)
