"""Open the mail door that a setting names."""

import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from messageapi.mail.compose import NOBODY, sender
from messageapi.mail.folder import FolderMail
from messageapi.mail.memory import MemoryMail
from messageapi.mail.port import Mail, MailError
from messageapi.mail.smtp import Server, SmtpMail

FOLDER = "mail"
_PORTS = {"smtp": 587, "smtps": 465}


def open_mail(url: str, origin: str, folder: Path, show: Callable[[str], None] | None = None) -> Mail:
    """`folder` is where emails lie when the url is empty: `mail` in the data folder. Raise MailError."""
    if not url:
        return FolderMail(folder, sender(origin or NOBODY))
    if url == "console:":
        return MemoryMail(sender(origin or NOBODY), show or _print)
    server = _server(url)
    if not origin:
        raise MailError("bad_address", "Set MESSAGEAPI_MAIL_FROM: the address emails are sent from.")
    return SmtpMail(server, sender(origin))


def _print(text: str) -> None:
    sys.stderr.write(text + "\n")


def _server(url: str) -> Server:
    try:
        parsed = urlsplit(url)
        port = parsed.port or _PORTS[parsed.scheme]
        options = dict(parse_qsl(parsed.query, strict_parsing=bool(parsed.query)))
    except (ValueError, KeyError):
        raise _bad_url() from None
    if not parsed.hostname or parsed.path not in ("", "/") or options.keys() - {"starttls", "ca"}:
        raise _bad_url()
    server = Server(
        parsed.hostname,
        port,
        unquote(parsed.username or ""),
        unquote(parsed.password or ""),
        tls=parsed.scheme == "smtps",
        starttls=options.get("starttls", "on") != "off",
        ca_file=options.get("ca", ""),
    )
    if server.password and not server.tls and not server.starttls and not _is_this_machine(server.host):
        raise MailError("bad_url", "A password would travel in the open. Take starttls=off out of MESSAGEAPI_MAIL_URL.")
    return server


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bad_url() -> MailError:
    return MailError(
        "bad_url",
        "MESSAGEAPI_MAIL_URL looks like smtp://user:password@host:587 or smtps://user:password@host:465, is console:, "
        "or is empty, which means files in the data folder.",
    )
