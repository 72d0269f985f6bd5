"""The sandbox's certificate authority: made once, kept, renewed in time, and believed by an ordinary TLS client."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from nacl.bindings import crypto_scalarmult_base

from messageapi.engines.linked.trust import Authority, TrustError, create_authority, host_environment

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def handshake(authority: Authority, name: str) -> None:
    """A TLS handshake in memory; the client knows nothing but ca.pem."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(authority.server_file)
    client_context = ssl.create_default_context(cafile=str(authority.ca_file))
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(3):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.version() == server.version() == "TLSv1.3"


@pytest.mark.parametrize(
    "name", ["web.whatsapp.com", "mmg.whatsapp.net", "g.whatsapp.net", "localhost", "127.0.0.1", "::1"]
)
def test_a_client_that_trusts_the_ca_believes_the_server(tmp_path: Path, name: str) -> None:
    handshake(create_authority(tmp_path), name)


@pytest.mark.parametrize("name", ["example.com", "127.0.0.2"])
def test_the_certificate_is_for_these_names_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(create_authority(tmp_path), name)


def test_a_client_of_another_installation_does_not_believe_the_server(tmp_path: Path) -> None:
    ours, theirs = create_authority(tmp_path / "a"), create_authority(tmp_path / "b")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(Authority(theirs.ca_file, ours.server_file, b"", b"", b"", b""), "localhost")


def test_a_second_start_finds_everything_as_it_was(tmp_path: Path) -> None:
    first = create_authority(tmp_path, NOW)
    files = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert create_authority(tmp_path, NOW + timedelta(days=100)) == first
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == files


def test_what_is_published_and_what_is_secret(tmp_path: Path) -> None:
    authority = create_authority(tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.is_file()}
    assert modes.pop("ca.pem") == modes.pop("root.pub") == 0o644
    assert modes.pop(".lock") & 0o077 == 0o044
    assert modes == {"ca.key": 0o600, "noise.key": 0o600, "server.pem": 0o600}
    assert "PRIVATE" not in authority.ca_file.read_text()
    assert bytes.fromhex((tmp_path / "root.pub").read_text()) == authority.root_public
    assert crypto_scalarmult_base(authority.root) == authority.root_public
    for secret in (authority.root, authority.intermediate, authority.static):
        assert str(secret) not in repr(authority)
    assert len({authority.root, authority.intermediate, authority.static}) == 3


def test_a_certificate_near_its_end_is_renewed_under_the_same_ca(tmp_path: Path) -> None:
    first = create_authority(tmp_path, NOW)
    ca, leaf = first.ca_file.read_bytes(), first.server_file.read_bytes()
    later = NOW + timedelta(days=330)
    second = create_authority(tmp_path, later)
    assert second == first
    assert second.ca_file.read_bytes() == ca
    assert second.server_file.read_bytes() != leaf
    renewed = x509.load_pem_x509_certificate(second.server_file.read_bytes())
    assert renewed.not_valid_after_utc - later == timedelta(days=365)


def test_an_old_ca_is_replaced_and_the_noise_keys_stay(tmp_path: Path) -> None:
    first = create_authority(tmp_path, datetime.now(UTC) - timedelta(days=3400))
    ca = first.ca_file.read_bytes()
    second = create_authority(tmp_path)
    assert second == first
    assert second.ca_file.read_bytes() != ca
    handshake(second, "localhost")


@pytest.mark.parametrize("name", ["ca.key", "ca.pem", "noise.key", "server.pem"])
@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"\xff\xfe", b"[]", b'{"root": 1}', b'{"root":"","intermediate":"","static":""}']
)
def test_a_damaged_file_is_said_plainly(tmp_path: Path, name: str, content: bytes) -> None:
    create_authority(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TrustError, match="delete that folder"):
        create_authority(tmp_path)


def test_a_lost_server_certificate_or_ca_is_made_anew(tmp_path: Path) -> None:
    authority = create_authority(tmp_path)
    for name in ("server.pem", "ca.key", "ca.pem"):
        (tmp_path / name).unlink()
        assert create_authority(tmp_path) == authority
        handshake(authority, "localhost")


def test_a_folder_that_cannot_be_used_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrustError, match="cannot be used"):
        create_authority(tmp_path / "file")


def test_a_sandbox_host_trusts_our_authority_and_no_other(tmp_path: Path) -> None:
    authority = create_authority(tmp_path)
    environment = host_environment("sandbox", tmp_path)
    assert environment["SSL_CERT_FILE"] == str(authority.ca_file)
    assert list(Path(environment["SSL_CERT_DIR"]).iterdir()) == []


def test_a_host_of_the_real_network_gets_nothing(tmp_path: Path) -> None:
    create_authority(tmp_path)
    assert host_environment("whatsapp", tmp_path) == {}
