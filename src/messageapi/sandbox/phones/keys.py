"""A phone's long-lived keys and its stock of one-time keys, of which the server has the public halves."""

import secrets

import msgspec

from messageapi.sandbox.network import Account, Device, SignedPreKey
from messageapi.sandbox.signal.errors import UndecryptableMessage
from messageapi.sandbox.signal.keys import KeyPair, typed
from messageapi.sandbox.signal.xeddsa import sign

SIGNED_PREKEY_ID = 1
BATCH = 30
MOST_ONE_TIME = 300  # keys that were handed out and never used


class KeysState(msgspec.Struct):
    identity: bytes
    registration_id: int
    signed_prekey: bytes
    one_time: dict[int, bytes]
    next_id: int


class PhoneKeys:
    def __init__(self, state: KeysState) -> None:
        self.identity = KeyPair.from_private(state.identity)
        self.registration_id = state.registration_id
        self.signed_prekey = KeyPair.from_private(state.signed_prekey)
        self._one_time = state.one_time
        self._next_id = state.next_id

    @classmethod
    def create(cls) -> "PhoneKeys":
        identity, signed = KeyPair.generate(), KeyPair.generate()
        return cls(KeysState(identity.private, 1 + secrets.randbelow(16380), signed.private, {}, 1))

    def to_state(self) -> KeysState:
        return KeysState(
            self.identity.private,
            self.registration_id,
            self.signed_prekey.private,
            dict(self._one_time),
            self._next_id,
        )

    def device(self, account: Account) -> Device:
        """Device 0 of the account as the server shall know it."""
        public = self.signed_prekey.public
        signed = SignedPreKey(SIGNED_PREKEY_ID, public, sign(self.identity.private, typed(public)))
        return Device(account, 0, self.identity.public, self.registration_id, signed)

    def replenish(self, device: Device) -> None:
        """Make one-time keys and upload their public halves."""
        for key_id in range(self._next_id, self._next_id + BATCH):
            pair = KeyPair.generate()
            self._one_time[key_id] = pair.private
            device.prekeys.add(key_id, pair.public)
        self._next_id += BATCH
        while len(self._one_time) > MOST_ONE_TIME:
            del self._one_time[next(iter(self._one_time))]

    def one_time(self, key_id: int | None) -> KeyPair | None:
        """The pair that a first message names; a key that was used up or lost makes the message undecryptable."""
        if key_id is None:
            return None
        private = self._one_time.get(key_id)
        if private is None:
            raise UndecryptableMessage("the message uses a one-time key that is gone")
        return KeyPair.from_private(private)

    def use_up(self, key_id: int | None) -> None:
        if key_id is not None:
            self._one_time.pop(key_id, None)
