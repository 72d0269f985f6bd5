"""An email as the bytes of a mail (RFC 5322): two bodies with the same words, headers that nothing can be put into."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from messageapi.mail.port import Email, MailError, domain, is_address

NOBODY = "MessageAPI <messageapi@localhost.invalid>"
"""Who writes emails that never leave this machine."""
LONGEST_LINE = 200
"""Of a header, in characters."""


def sender(text: str) -> Address:
    """`Name <address>` or an address. Raise MailError(bad_address)."""
    name, address = parseaddr(text)
    if not text.isprintable() or not is_address(address):
        raise MailError(
            "bad_address", "MESSAGEAPI_MAIL_FROM is no address. It looks like MessageAPI <noreply@example.com>."
        )
    return _address(name, address)


def composed(email: Email, origin: Address) -> EmailMessage:
    """Raise MailError(bad_address)."""
    if not is_address(email.to):
        raise MailError("bad_address", "The email is addressed to something that is no address.")
    mail = EmailMessage(SMTP)
    mail["From"] = origin
    mail["To"] = _address(email.name, email.to)
    mail["Subject"] = one_line(email.subject)
    mail["Date"] = format_datetime(datetime.fromtimestamp(email.at / 1000, UTC))
    mail["Message-ID"] = f"<{one_line(email.id)}@{origin.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes in return
    if is_address(email.reply_to):
        mail["Reply-To"] = _address("", email.reply_to)
    mail.set_content(email.text, cte="quoted-printable")
    mail.add_alternative(email.html, subtype="html", cte="quoted-printable")
    return mail


def one_line(text: str) -> str:
    """Without anything that could end a header and begin another, and not endless."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:LONGEST_LINE]


def _address(name: str, address: str) -> Address:
    return Address(one_line(name), address.rpartition("@")[0], domain(address))
