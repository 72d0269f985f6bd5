"""All of a phone as one structure for msgpack, and back."""

import msgspec

from messageapi.sandbox.network import Account
from messageapi.sandbox.phones.appstatekey import AppStateKey
from messageapi.sandbox.phones.keys import KeysState, PhoneKeys
from messageapi.sandbox.phones.phone import Habits, Phone
from messageapi.sandbox.phones.senderkeys import MemberKeyState, OwnKeyState
from messageapi.sandbox.phones.sent import Sent, Unread
from messageapi.sandbox.phones.sessions import PeerState


class PhoneState(msgspec.Struct):
    keys: KeysState
    app_state_key: AppStateKey
    habits: Habits
    sessions: list[PeerState]
    own_keys: list[OwnKeyState]
    member_keys: list[MemberKeyState]
    sent: dict[str, Sent]
    unread: dict[str, Unread]
    waiting: list[bytes]


def save(phone: Phone) -> PhoneState:
    return PhoneState(
        phone.keys.to_state(),
        phone.app_state_key,
        phone.habits,
        phone.sessions.to_state(),
        phone.sender_keys.own_state(),
        phone.sender_keys.member_state(),
        dict(phone.sent),
        dict(phone.unread),
        phone.reception.frames(),
    )


def load(account: Account, state: PhoneState) -> Phone:
    phone = Phone(account, PhoneKeys(state.keys), state.app_state_key)
    phone.habits = state.habits
    phone.sessions.restore(state.sessions)
    phone.sender_keys.restore(state.own_keys, state.member_keys)
    for message_id, sent in state.sent.items():
        phone.sent.remember(message_id, sent)
    for message_id, unread in state.unread.items():
        phone.unread.remember(message_id, unread)
    phone.reception.restore(state.waiting)
    return phone
