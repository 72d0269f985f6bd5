"""Trust for our own network: a throwaway certificate authority, Noise keys, and the root-key replacement.

neonize trusts WhatsApp's root key, 32 bytes in its data. Joining the sandbox needs them replaced in the memory of that
one process. This is the only module that does so, it does so for the network "sandbox" alone, and no file is touched.
"""

import ctypes
import fcntl
import ipaddress
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from messageapi.engines.linked.library.file import LibraryError, Region, library_version, loaded_regions

Network: TypeAlias = Literal["whatsapp", "sandbox"]

WHATSAPP_ROOT_KEY = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
NAMES = ("web.whatsapp.com", "*.whatsapp.com", "*.whatsapp.net", "mmg.whatsapp.net", "localhost")
ADDRESSES = ("127.0.0.1", "::1")

_CA_LIFE, _LEAF_LIFE, _RENEW_BEFORE = timedelta(days=3650), timedelta(days=365), timedelta(days=60)
_CLOCK_TOLERANCE = timedelta(days=1)
_NOISE_KEYS = ("root", "intermediate", "static")


class TrustError(RuntimeError):
    """The sandbox's keys cannot be made, read or put in place, or someone asked for it on the real network."""


@dataclass(frozen=True, slots=True)
class Authority:
    """All that the sandbox's server needs to be believed. The Noise keys are private X25519 keys."""

    ca_file: Path  # published: what a client's TLS must trust
    server_file: Path  # certificate and key in one PEM, for SSLContext.load_cert_chain
    root_public: bytes  # published as root.pub: what a client's Noise must trust
    root: bytes = field(repr=False)
    intermediate: bytes = field(repr=False)
    static: bytes = field(repr=False)


# --- the certificate authority ---


def create_authority(folder: Path, now: datetime | None = None) -> Authority:
    """Make the authority in this folder or read it from there; a server certificate near its end is renewed."""
    moment = now or datetime.now(UTC)
    try:
        with _locked(folder):
            ca_key, ca = _load_or_make_ca(folder, moment)
            _renew_server_certificate(folder / "server.pem", ca_key, ca, moment)
            return _authority(folder, _load_or_make_noise_keys(folder / "noise.key"))
    except OSError as error:
        raise TrustError(f"the sandbox's trust folder {folder} cannot be used: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise TrustError(f"a file in {folder} is damaged; delete that folder, a new one will be made") from error


def _authority(folder: Path, keys: dict[str, bytes]) -> Authority:
    root_public = X25519PrivateKey.from_private_bytes(keys["root"]).public_key().public_bytes_raw()
    _write(folder / "root.pub", root_public.hex().encode() + b"\n", 0o644)
    return Authority(folder / "ca.pem", folder / "server.pem", root_public, **keys)


def _load_or_make_noise_keys(path: Path) -> dict[str, bytes]:
    if not path.exists():
        made = {name: X25519PrivateKey.generate().private_bytes_raw().hex() for name in _NOISE_KEYS}
        _write(path, json.dumps(made).encode(), 0o600)
    stored = json.loads(path.read_text())
    keys = {name: bytes.fromhex(stored[name]) for name in _NOISE_KEYS}
    if any(len(key) != 32 for key in keys.values()):
        raise ValueError("a Noise key has 32 bytes")
    return keys


def _load_or_make_ca(folder: Path, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_file, certificate_file = folder / "ca.key", folder / "ca.pem"
    if key_file.exists() and certificate_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
            raise ValueError("the CA's key and certificate do not belong together")
        if now + _LEAF_LIFE < certificate.not_valid_after_utc:
            return key, certificate
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _ca_certificate(key, now)
    _write(key_file, _pem(key), 0o600)
    _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return key, certificate


def _ca_certificate(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    name = _name("MessageAPI sandbox, this installation only")
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _certificate_builder(name, name, key, (now, _CA_LIFE))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def _renew_server_certificate(
    path: Path, ca_key: ec.EllipticCurvePrivateKey, ca: x509.Certificate, now: datetime
) -> None:
    if path.exists():
        current = x509.load_pem_x509_certificate(path.read_bytes())
        if current.not_valid_after_utc - now > _RENEW_BEFORE and _issued_by(current, ca):
            return
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName(name) for name in NAMES]
    addresses = [x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES]
    certificate = (
        _certificate_builder(_name("MessageAPI sandbox server"), ca.subject, key, (now, _LEAF_LIFE))
        .add_extension(x509.SubjectAlternativeName([*names, *addresses]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write(path, certificate.public_bytes(serialization.Encoding.PEM) + _pem(key), 0o600)


def _issued_by(certificate: x509.Certificate, ca: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _certificate_builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, life: tuple[datetime, timedelta]
) -> x509.CertificateBuilder:
    now, duration = life
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_TOLERANCE)
        .not_valid_after(now + duration)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two processes may start at once; the second reads what the first made."""
    (folder / "no-certificates").mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, data: bytes, mode: int) -> None:
    """Replace a file in one step; it is never seen half written or, if secret, by others."""
    if path.exists() and path.read_bytes() == data:
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:  # created with mode 0600
        file.write(data)
        os.fchmod(file.fileno(), mode)
    Path(file.name).replace(path)


# --- what a host of the sandbox network needs ---


def host_environment(network: Network, folder: Path) -> dict[str, str]:
    """Variables an engine host must have at exec: Go reads them once, so setting them later is not seen."""
    if network != "sandbox":
        return {}
    empty = folder / "no-certificates"  # without it Go would trust the system's authorities as well
    return {"SSL_CERT_FILE": str(folder / "ca.pem"), "SSL_CERT_DIR": str(empty)}


def replace_root_key(network: Network, new_root: bytes) -> None:
    """Make the neonize library loaded in this process trust `new_root`; doing so twice with one key is harmless."""
    if network != "sandbox":
        raise TrustError("the root key is replaced for the network sandbox only; WhatsApp's own stays as it is")
    if len(new_root) != 32:
        raise TrustError("a root key has 32 bytes")
    try:
        regions = [region for region in loaded_regions() if region.private_writable]
    except (LibraryError, OSError) as error:
        raise TrustError(str(error)) from error
    if not regions:
        raise TrustError("neonize is not loaded in this process; import it before replacing its root key")
    hits = _find(regions, WHATSAPP_ROOT_KEY)
    if not hits and len(_find(regions, new_root)) == 1:
        return
    if len(hits) != 1:
        raise TrustError(
            f"neonize {library_version()} holds the root key {len(hits)} times where exactly 1 is expected; "
            "this version cannot join the sandbox"
        )
    ctypes.memmove(hits[0], new_root, len(new_root))


def _find(regions: list[Region], key: bytes) -> list[int]:
    hits = []
    for region in regions:
        memory = region.read()
        at = memory.find(key)
        while at >= 0:
            hits.append(region.start + at)
            at = memory.find(key, at + 1)
    return hits
