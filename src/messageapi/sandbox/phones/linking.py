"""Linking from the phone's side: scan a QR code or type a code, vouch for the device, tell it what it must know."""

import asyncio
import base64
import binascii
import time
import zlib
from typing import TYPE_CHECKING

from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Device
from messageapi.sandbox.phones import appstatekey
from messageapi.sandbox.phones.content import between_devices
from messageapi.sandbox.phones.send import send_to_companion
from messageapi.sandbox.server import appstate
from messageapi.sandbox.server.pairing import Registration
from messageapi.sandbox.signal import linkcode
from messageapi.sandbox.signal.adv import build_device_identity
from messageapi.sandbox.signal.keys import KEY_SIZE, KeyPair
from messageapi.sandbox.wire.protobuf import Fields, encode
from messageapi.sandbox.wire.stanza import Jid

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone

# Kinds of protocol messages and the fields their bodies stand in.
_HISTORY, _HISTORY_FIELD = 5, 6
_KEY_SHARE, _KEY_SHARE_FIELD = 6, 7
_KEY_REQUEST = 7
_INITIAL_HISTORY = 0


async def scan(phone: "Phone", qr: str) -> Device:
    ref, noise_key, identity, adv_secret = _parse_qr(qr)
    phone.demand_online()
    registration = phone.network.registrations.get(noise_key)
    if registration is None or ref not in registration.refs or identity != registration.identity:
        raise SandboxError("qr_expired", "No device shows this QR code now. Take a fresh one.", 409)
    return await _link(phone, registration, adv_secret)


def _parse_qr(qr: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Reference, noise key, identity key, secret. In front there may be an address that ends in #."""
    parts = qr.rpartition("#")[2].split(",")
    try:
        ref, *keys = parts[0].encode(), *(base64.b64decode(part, validate=True) for part in parts[1:4])
    except (binascii.Error, ValueError):
        keys = []
    if len(keys) != 3 or any(len(key) != KEY_SIZE for key in keys):
        raise SandboxError("bad_qr", "This is not the text of a WhatsApp linking QR code.")
    return ref, keys[0], keys[1], keys[2]


async def enter_code(phone: "Phone", code: str) -> Device:
    try:
        plain = linkcode.normalize(code)
    except linkcode.LinkCodeError as error:
        raise SandboxError("bad_code", f"{str(error).capitalize()}.") from None
    phone.demand_online()
    attempt = phone.network.link_codes.get(phone.account.number)
    if attempt is None:
        raise SandboxError("no_attempt", "No device waits for a code of this number now.", 409)
    ephemeral = KeyPair.generate()
    companion = await asyncio.to_thread(linkcode.unwrap_ephemeral, plain, attempt.wrapped_ephemeral)
    wrapped = await asyncio.to_thread(linkcode.wrap_ephemeral, plain, ephemeral.public)
    finish = await attempt.answer(wrapped, phone.identity)
    try:
        adv_secret = linkcode.open_bundle(
            finish.wrapped_bundle, ephemeral, companion, phone.keys.identity, finish.identity
        )
    except linkcode.LinkCodeError:
        raise SandboxError("wrong_code", "The device shows another code.", 409) from None
    return await _link(phone, attempt.registration, adv_secret)


async def _link(phone: "Phone", registration: Registration, adv_secret: bytes) -> Device:
    def vouch(companion_identity: bytes, key_index: int) -> bytes:
        return build_device_identity(phone.keys.identity, companion_identity, adv_secret, key_index, int(time.time()))

    return await registration.link(phone.account, vouch)


def introduce(phone: "Phone", device: Device) -> None:
    """Push name, key of the app state, and a history without chats: without them a client cannot say it is there."""
    account = phone.account
    if not account.app_state.get(appstatekey.NAME_COLLECTION):
        patch = appstatekey.first_name_patch(phone.app_state_key, account.name)
        appstate.append(account, appstatekey.NAME_COLLECTION, patch)
    _share_key(phone, device)
    history = zlib.compress(encode((1, _INITIAL_HISTORY), (7, encode((1, str(account.pn_jid)), (2, account.name)))))
    notice = encode((6, _INITIAL_HISTORY), (7, 1), (9, 100), (11, history))
    send_to_companion(phone, device, between_devices.protocol_message(_HISTORY, _HISTORY_FIELD, notice))


def answer_companion(phone: "Phone", sender: Jid, message: Fields) -> None:
    """A linked device that missed the key of the app state asks for it."""
    device = phone.network.device_of(sender)
    if message.int(2) == _KEY_REQUEST and device:
        _share_key(phone, device)


def _share_key(phone: "Phone", device: Device) -> None:
    share = appstatekey.key_share(phone.app_state_key)
    send_to_companion(phone, device, between_devices.protocol_message(_KEY_SHARE, _KEY_SHARE_FIELD, share))
