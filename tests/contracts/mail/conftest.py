"""A real SMTP server, with TLS or without, strict or not, as a test asks."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from messageapi.mail.port import Email

USER, PASSWORD = "sender", "correct horse"


@dataclass
class Handler:
    """Takes everything, or answers what it is told to. aiosmtpd calls the methods by these names."""

    rcpt: str = "250 OK"
    data: str = "250 Message accepted"
    hangs: bool = False
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    logged_in: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hangs:
            await asyncio.Event().wait()
        if self.data.startswith("250"):
            self.taken.append(message_from_bytes(bytes(envelope.original_content or b""), EmailMessage, policy=POLICY))
            self.recipients += envelope.rcpt_tos
            self.secured.append(session.ssl is not None)
            self.logged_in.append(bool(session.authenticated))
        return self.data


@pytest.fixture
def handler() -> Handler:
    return Handler()


@dataclass
class Certificate:
    """`file` is both the certificate and whom to trust."""

    file: Path
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Signed by itself, for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return Certificate(file, context)


Serve = Callable[..., Awaitable[int]]


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@pytest.fixture
async def serve(certificate: Certificate) -> AsyncIterator[Serve]:
    """Start an SMTP server that hands to a handler; its port. `tls`: no | starttls | wrapped."""
    servers: list[asyncio.Server] = []

    async def started(handler: Handler, *, tls: str = "no", login: bool = False) -> int:
        def protocol() -> SMTP:
            return SMTP(
                handler,
                hostname="mail.test",
                enable_SMTPUTF8=True,
                tls_context=certificate.context if tls == "starttls" else None,
                require_starttls=tls == "starttls",
                authenticator=_login if login else None,
                auth_required=login,
                auth_require_tls=tls == "starttls",
            )

        context = certificate.context if tls == "wrapped" else None
        server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=context)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield started
    for server in servers:
        server.close()


@pytest.fixture
def email() -> Email:
    return Email(
        id="ntc_1",
        to="maya@example.com",
        name="Maya Šč",
        subject="Grüße, 你好",
        text="Hello Maya,\n\nthis is a line with ünïcode.\n",
        html="<p>Hello Maya,</p><p>this is a line with ünïcode.</p>\n",
        reply_to="help@example.com",
        at=1_795_348_800_000,
    )
