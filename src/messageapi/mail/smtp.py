"""SMTP: one connection an email, TLS unless it was switched off, a deadline on all of it."""

import asyncio
import ssl
from email.headerregistry import Address
from email.message import EmailMessage

import aiosmtplib
import msgspec

from messageapi.mail.compose import composed
from messageapi.mail.port import Email, MailError

DEADLINE_S = 60.0
STEP_S = 20.0
"""For one answer of the server."""


class Server(msgspec.Struct, frozen=True):
    """Where emails are handed in. `password` is a secret."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False  # from the first byte
    starttls: bool = True
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"


class SmtpMail:
    """Emails are rare, so no connection is kept: it would be one more thing that breaks unseen."""

    def __init__(self, server: Server, origin: Address) -> None:
        self._server = server
        self._origin = origin
        self._context = _context(server)

    async def send(self, email: Email) -> None:
        mail = composed(email, self._origin)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self._hand_in(mail, email.to)
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as problem:
            raise understood(problem) from None

    async def _hand_in(self, mail: EmailMessage, to: str) -> None:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=self._origin.domain,  # not this machine's name, and no look-up of it
            timeout=STEP_S,
            use_tls=server.tls,
            start_tls=server.starttls and not server.tls,
            tls_context=self._context,
            username=server.user or None,
            password=server.password or None,
        )
        async with client:
            await client.send_message(mail, sender=self._origin.addr_spec, recipients=[to])

    async def newest(self, most: int) -> list[Email] | None:
        del most
        return None

    async def close(self) -> None:
        """Nothing is kept open."""


def _context(server: Server) -> ssl.SSLContext | None:
    if not server.tls and not server.starttls:
        return None
    try:
        return ssl.create_default_context(cafile=server.ca_file or None)
    except OSError:
        raise MailError("bad_url", "The file that `ca` of MESSAGEAPI_MAIL_URL names cannot be read.") from None


def understood(problem: Exception) -> MailError:
    """What the server said is left out: it may quote the address."""
    match problem:
        case aiosmtplib.SMTPAuthenticationError():
            return MailError("login_refused", "The mail server refused the user or the password.")
        case aiosmtplib.SMTPRecipientsRefused(recipients=[first, *_]):
            return _said(first.code, final=True)
        case aiosmtplib.SMTPSenderRefused(code=code):
            return _said(code, final=False)  # a wrong setting, which can be put right before the email is too old
        case aiosmtplib.SMTPResponseException(code=code):
            return _said(code, final=True)
        case aiosmtplib.SMTPTimeoutError() | TimeoutError():
            return MailError("too_slow", "The mail server did not answer in time.")
    return _connection(problem)


def _connection(problem: Exception) -> MailError:
    if isinstance(problem, ssl.SSLCertVerificationError) or isinstance(problem.__cause__, ssl.SSLCertVerificationError):
        return MailError("bad_certificate", "The mail server's certificate is not valid for its name.")
    if isinstance(problem, aiosmtplib.SMTPNotSupported | ssl.SSLError) or "STARTTLS" in str(problem):
        return MailError("no_tls", "The mail server does not offer TLS.")
    if "AUTH" in str(problem):
        return MailError("login_refused", "The mail server takes no login. Leave user and password out.")
    return MailError("unreachable", "The mail server cannot be reached.")


def _said(code: int, *, final: bool) -> MailError:
    if 500 <= code < 600:
        return MailError("refused", f"The mail server refused the email with {code}.", permanent=final)
    return MailError("deferred", f"The mail server asks to come back later, with {code}.")
