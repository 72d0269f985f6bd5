"""The twin that writes files: `<time>-<id>.eml` in a folder of its owner's alone, which any mail program opens."""

import asyncio
import os
from collections.abc import Callable
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TypeVar

from messageapi import logs
from messageapi.mail.compose import NOBODY, composed, sender
from messageapi.mail.port import Email, MailError

T = TypeVar("T")
KEPT = 200
"""Emails hold links that let somebody in: old ones are deleted."""
_log = logs.log("mail")


class FolderMail:
    """File work is done in a thread."""

    def __init__(self, folder: Path, origin: Address | None = None) -> None:
        self._folder = folder
        self._origin = origin or sender(NOBODY)

    async def send(self, email: Email) -> None:
        mail = composed(email, self._origin)
        path = self._folder / f"{email.at:015d}-{email.id}.eml"
        await _thread(lambda: self._write(path, bytes(mail)))
        _log.info("mail is not set up, so an email was written to a file", file=str(path))

    async def newest(self, most: int) -> list[Email] | None:
        return await _thread(lambda: [_read(path) for path in self._files()[:most]])

    async def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        draft.rename(path)
        for old in self._files()[KEPT:]:
            old.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"), reverse=True)


def _read(path: Path) -> Email:
    mail = message_from_bytes(path.read_bytes(), EmailMessage, policy=SMTP)
    to = mail["To"].addresses[0]
    replies = mail["Reply-To"]
    return Email(
        id=path.stem.partition("-")[2],
        to=to.addr_spec,
        name=to.display_name,
        subject=str(mail["Subject"]),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        reply_to=replies.addresses[0].addr_spec if replies else "",
        at=int(path.stem.partition("-")[0]),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


async def _thread(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as problem:
        raise MailError("not_writable", f"The folder of mails cannot be used: {problem.strerror}.") from None
