"""The encrypted channel: frames with a length in front, and inside them Noise XX with AES-GCM.

The server is the responder. It proves itself with a chain of two signed keys under the root key that the client knows.
"""

import hashlib
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.signal.keys import KeyPair, hkdf
from messageapi.sandbox.signal.xeddsa import sign, verify
from messageapi.sandbox.wire.protobuf import Fields, ProtobufError, decode, encode

HEADER_SIZE = 4  # the first bytes a client sends: W, A, protocol 6, dictionary version 3
MAX_FRAME = 4 << 20
CERTIFICATE_SECONDS = 30 * 24 * 3600

_MAGIC = b"WA"
_PATTERN = b"Noise_XX_25519_AESGCM_SHA256\0\0\0\0"  # exactly 32 bytes, so it is its own hash
_MAX_COUNTER = 0xFFFFFFFF
_CLIENT_HELLO, _SERVER_HELLO, _CLIENT_FINISH = 2, 3, 4
_EPHEMERAL, _STATIC, _PAYLOAD = 1, 2, 3
_FINISH_STATIC, _FINISH_PAYLOAD = 1, 2
_LEAF, _INTERMEDIATE = 1, 2
_DETAILS, _SIGNATURE = 1, 2
_SERIAL, _ISSUER, _KEY, _NOT_BEFORE, _NOT_AFTER = 1, 2, 3, 4, 5
_LEAF_SERIAL, _INTERMEDIATE_SERIAL, _ROOT_SERIAL = 2, 1, 0  # the 0 has to be written: some clients look for it


class NoiseError(ValueError):
    """The other side does not speak this protocol, or a frame was tampered with."""


# --- frames ---


def frame(data: bytes) -> bytes:
    if len(data) > MAX_FRAME:
        raise NoiseError(f"a frame holds at most {MAX_FRAME} bytes")
    return len(data).to_bytes(3, "big") + data


class Frames:
    """Cuts a stream into frames: `for frame in frames.feed(data)`. Half a frame waits for the next feed."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> "Frames":
        self._buffer += data
        return self

    def __iter__(self) -> Iterator[bytes]:
        while len(self._buffer) >= 3:
            end = 3 + int.from_bytes(self._buffer[:3], "big")
            if end - 3 > self._limit:
                raise NoiseError(f"a frame of {end - 3} bytes is over the limit of {self._limit}")
            if len(self._buffer) < end:
                return
            whole = bytes(self._buffer[3:end])
            del self._buffer[:end]
            yield whole


# --- handshake ---


class _Cipher:
    """AES-GCM with a counter as nonce."""

    def __init__(self, key: bytes) -> None:
        self._aes = AESGCM(key)
        self._counter = 0

    def encrypt(self, plain: bytes, bound: bytes | None = None) -> bytes:
        return self._aes.encrypt(self._nonce(), plain, bound)

    def decrypt(self, ciphertext: bytes, bound: bytes | None = None) -> bytes:
        try:
            return self._aes.decrypt(self._nonce(), ciphertext, bound)
        except InvalidTag as error:
            raise NoiseError("a frame does not decrypt") from error

    def _nonce(self) -> bytes:
        if self._counter > _MAX_COUNTER:
            raise NoiseError("the connection has used up its nonces")
        nonce = self._counter.to_bytes(12, "big")
        self._counter += 1
        return nonce


class Transport:
    """The channel after the handshake, one cipher for each direction."""

    def __init__(self, write_key: bytes, read_key: bytes) -> None:
        self._write = _Cipher(write_key)
        self._read = _Cipher(read_key)

    def encrypt(self, plain: bytes) -> bytes:
        return self._write.encrypt(plain)

    def decrypt(self, ciphertext: bytes) -> bytes:
        return self._read.decrypt(ciphertext)


class _Handshake:
    """The symmetric state of Noise: a running hash of all that was said, and the keys agreed so far."""

    def __init__(self, header: bytes) -> None:
        self._hash = self._chaining_key = _PATTERN
        self._cipher = _Cipher(_PATTERN)
        self.mix_hash(header)

    def mix_hash(self, data: bytes) -> None:
        self._hash = hashlib.sha256(self._hash + data).digest()

    def mix_key(self, ours: KeyPair, theirs: bytes) -> None:
        try:
            keys = hkdf(ours.agree(theirs), self._chaining_key, b"", 64)
        except SignalError as error:
            raise NoiseError(str(error)) from error
        self._chaining_key = keys[:32]
        self._cipher = _Cipher(keys[32:])

    def encrypt(self, plain: bytes) -> bytes:
        ciphertext = self._cipher.encrypt(plain, self._hash)
        self.mix_hash(ciphertext)
        return ciphertext

    def decrypt(self, ciphertext: bytes) -> bytes:
        plain = self._cipher.decrypt(ciphertext, self._hash)
        self.mix_hash(ciphertext)
        return plain

    def split(self) -> tuple[bytes, bytes]:
        """The key from client to server, then the key from server to client."""
        keys = hkdf(b"", self._chaining_key, b"", 64)
        return keys[:32], keys[32:]


class Responder:
    """The server's side: read_hello, send its reply, read_finish, ciphers."""

    def __init__(self, static: KeyPair, certificate_chain: bytes) -> None:
        self._static = static
        self._chain = certificate_chain
        self._ephemeral = KeyPair.generate()
        self._handshake = _Handshake(b"")

    def read_hello(self, header: bytes, frame: bytes) -> bytes:
        if len(header) != HEADER_SIZE or not header.startswith(_MAGIC):
            raise NoiseError("the connection does not start with WA")
        client_ephemeral = _bytes(_part(frame, _CLIENT_HELLO), _EPHEMERAL)
        self._handshake = handshake = _Handshake(header)
        handshake.mix_hash(client_ephemeral)
        handshake.mix_hash(self._ephemeral.public)
        handshake.mix_key(self._ephemeral, client_ephemeral)
        static = handshake.encrypt(self._static.public)
        handshake.mix_key(self._static, client_ephemeral)
        chain = handshake.encrypt(self._chain)
        hello = encode((_EPHEMERAL, self._ephemeral.public), (_STATIC, static), (_PAYLOAD, chain))
        return encode((_SERVER_HELLO, hello))

    def read_finish(self, frame: bytes) -> tuple[bytes, bytes]:
        """The client's static public key and its payload, the ClientPayload."""
        fields = _part(frame, _CLIENT_FINISH)
        client_static = self._handshake.decrypt(_bytes(fields, _FINISH_STATIC))
        self._handshake.mix_key(self._ephemeral, client_static)
        return client_static, self._handshake.decrypt(_bytes(fields, _FINISH_PAYLOAD))

    def ciphers(self) -> Transport:
        from_client, to_client = self._handshake.split()
        return Transport(to_client, from_client)


class Initiator:
    """The client's side: hello, read_hello, finish, ciphers."""

    def __init__(self, static: KeyPair, header: bytes = b"WA\x06\x03") -> None:
        self.header = header
        self.server_static = b""
        self.certificate_chain = b""
        self._static = static
        self._ephemeral = KeyPair.generate()
        self._handshake = _Handshake(header)

    def hello(self) -> bytes:
        self._handshake.mix_hash(self._ephemeral.public)
        return encode((_CLIENT_HELLO, encode((_EPHEMERAL, self._ephemeral.public))))

    def finish(self, reply: bytes, payload: bytes) -> bytes:
        """Read the server's reply and answer it; then `certificate_chain` and `server_static` are to be checked."""
        fields = _part(reply, _SERVER_HELLO)
        server_ephemeral = _bytes(fields, _EPHEMERAL)
        handshake = self._handshake
        handshake.mix_hash(server_ephemeral)
        handshake.mix_key(self._ephemeral, server_ephemeral)
        self.server_static = handshake.decrypt(_bytes(fields, _STATIC))
        handshake.mix_key(self._ephemeral, self.server_static)
        self.certificate_chain = handshake.decrypt(_bytes(fields, _PAYLOAD))
        static = handshake.encrypt(self._static.public)
        handshake.mix_key(self._static, server_ephemeral)
        finish = encode((_FINISH_STATIC, static), (_FINISH_PAYLOAD, handshake.encrypt(payload)))
        return encode((_CLIENT_FINISH, finish))

    def ciphers(self) -> Transport:
        to_server, from_server = self._handshake.split()
        return Transport(to_server, from_server)


def _part(frame: bytes, number: int) -> Fields:
    try:
        return decode(frame).message(number)
    except ProtobufError as error:
        raise NoiseError("a handshake message is not protobuf") from error


def _bytes(fields: Fields, number: int) -> bytes:
    try:
        return fields.bytes(number)
    except ProtobufError as error:
        raise NoiseError("a handshake message has a field of the wrong type") from error


# --- certificates ---


def make_certificate_chain(root: KeyPair, intermediate: KeyPair, static_public: bytes, now: int) -> bytes:
    """The server's proof: root signs intermediate, intermediate signs the server's static key; good for 30 days."""
    middle = _certificate(_INTERMEDIATE_SERIAL, _ROOT_SERIAL, intermediate.public, now, root)
    leaf = _certificate(_LEAF_SERIAL, _INTERMEDIATE_SERIAL, static_public, now, intermediate)
    return encode((_LEAF, leaf), (_INTERMEDIATE, middle))


def _certificate(serial: int, issuer: int, key: bytes, now: int, signer: KeyPair) -> bytes:
    details = encode(
        (_SERIAL, serial),
        (_ISSUER, issuer),
        (_KEY, key),
        (_NOT_BEFORE, now - 3600),  # an hour of tolerance for a client whose clock is behind
        (_NOT_AFTER, now + CERTIFICATE_SECONDS),
    )
    return encode((_DETAILS, details), (_SIGNATURE, sign(signer.private, details)))


def check_certificate_chain(chain: bytes, root_public: bytes, static_public: bytes, now: int) -> None:
    """What a client does with the chain: raise NoiseError unless it leads from the root to the server's static key."""
    try:
        fields = decode(chain)
        intermediate = _checked(fields.message(_INTERMEDIATE), root_public, now)
        leaf = _checked(fields.message(_LEAF), intermediate.bytes(_KEY), now)
        if leaf.int(_ISSUER) != intermediate.int(_SERIAL) or leaf.bytes(_KEY) != static_public:
            raise NoiseError("the certificates do not belong together or name another key")
    except ProtobufError as error:
        raise NoiseError("the certificate chain is not protobuf") from error


def _checked(certificate: Fields, signer_public: bytes, now: int) -> Fields:
    raw = certificate.bytes(_DETAILS)
    if not verify(signer_public, raw, certificate.bytes(_SIGNATURE)):
        raise NoiseError("a certificate is not signed by the key above it")
    details = decode(raw)
    if not details.int(_NOT_BEFORE) <= now <= details.int(_NOT_AFTER):
        raise NoiseError("a certificate is not valid at this time")
    return details
