"""A phone's app with codes, and a passkey in software."""

import base64
import hashlib
import json
import struct
from typing import Any
from urllib.parse import urlsplit

import cbor2
import msgspec
import pyotp
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from messageapi.people.factors.totp import confirm_totp, start_totp
from messageapi.settings import Settings
from messageapi.web.doors import Doors

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SoftPasskey:
    """Answers as a browser does. Change `origin` or `signs` to make it lie."""

    def __init__(self, origin: str, name: bytes = b"passkey one") -> None:
        self.origin = origin
        self.name = name
        self.signs = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    def made(self, options: str) -> str:
        """To navigator.credentials.create."""
        client = self._client("webauthn.create", options)
        point = self._key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        credential = bytes(16) + struct.pack(">H", len(self.name)) + self.name + cose
        data = self._data(PRESENT | VERIFIED | ATTESTED) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def signed(self, options: str) -> str:
        """To navigator.credentials.get."""
        self.signs += 1
        client, data = self._client("webauthn.get", options), self._data(PRESENT | VERIFIED)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: b64(part) for name, part in parts.items()})

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        host = urlsplit(self.origin).hostname or ""
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.signs)

    def _answer(self, response: dict[str, str]) -> str:
        name = b64(self.name)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, public_url="https://panel.example.com")


@pytest.fixture
def passkey() -> SoftPasskey:
    return SoftPasskey("https://panel.example.com")


class App:
    """Shows the code of the moment."""

    def __init__(self, secret: str, clock: Any) -> None:
        self._codes = pyotp.TOTP(secret)
        self._clock = clock

    def code(self, off: int = 0) -> str:
        return self._codes.generate_otp(self._clock() // 30_000 + off)


class Protected:
    """Alice, who has an app and recovery codes."""

    def __init__(self, token: str, app: App, recovery_codes: tuple[str, ...]) -> None:
        self.token = token
        self.app = app
        self.recovery_codes = recovery_codes


@pytest.fixture
async def alice(doors: Doors, entrance: Any, clock: Any) -> Protected:
    who = await entrance.person("Alice")
    app = App((await start_totp(doors, who)).secret, clock)
    enabled = await confirm_totp(doors, who, app.code())
    assert enabled.recovery_codes is not None
    clock.forward(30_000)
    return Protected(enabled.begun.token, app, enabled.recovery_codes)
