"""AES-256-CBC with PKCS 7 padding, the cipher under both kinds of Signal message."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from messageapi.sandbox.signal.errors import UndecryptableMessage

_BLOCK = 16


def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
    missing = _BLOCK - len(plain) % _BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(plain + bytes((missing,)) * missing) + encryptor.finalize()


def decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """The caller has authenticated the ciphertext, so a wrong padding tells nobody anything."""
    if not ciphertext or len(ciphertext) % _BLOCK:
        raise UndecryptableMessage("a ciphertext consists of whole blocks of 16 bytes")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    missing = padded[-1]
    if not 1 <= missing <= _BLOCK or not padded.endswith(bytes((missing,)) * missing):
        raise UndecryptableMessage("the block padding of a decrypted message is wrong")
    return padded[:-missing]
