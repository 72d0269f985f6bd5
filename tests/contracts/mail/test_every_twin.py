"""What every mail door does with an email, and refuses."""

from collections.abc import AsyncIterator, Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messageapi.mail.compose import composed, sender
from messageapi.mail.opening import open_mail
from messageapi.mail.port import Email, Mail, MailError

FROM = "MessageAPI <noreply@example.com>"
Sent = Callable[[], list[EmailMessage]]


class Twin:
    """A door and what came out of it."""

    def __init__(self, door: Mail, sent: Sent) -> None:
        self.door = door
        self.sent = sent


@pytest.fixture(params=["smtp", "folder", "console"])
async def twin(request: pytest.FixtureRequest, tmp_path: Path, serve: Any, handler: Any) -> AsyncIterator[Twin]:
    shown: list[str] = []
    folder = tmp_path / "mail"
    if request.param == "smtp":
        port = await serve(handler)
        door = open_mail(f"smtp://127.0.0.1:{port}?starttls=off", FROM, folder)
        made = Twin(door, lambda: list(handler.taken))
    elif request.param == "folder":
        door = open_mail("", FROM, folder)
        made = Twin(door, lambda: [_read(path) for path in sorted(folder.glob("*.eml"))])
    else:
        door = open_mail("console:", FROM, folder, shown.append)
        made = Twin(door, lambda: [EmailMessage(SMTP) for _ in shown])
    yield made
    await door.close()


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), EmailMessage, policy=SMTP)


async def test_an_email_goes_out_once(twin: Twin, email: Email) -> None:
    await twin.door.send(email)
    assert len(twin.sent()) == 1


async def test_what_is_kept_is_what_was_sent(twin: Twin, email: Email) -> None:
    await twin.door.send(email)
    second = msgspec.structs.replace(email, id="ntc_2", at=email.at + 1)
    await twin.door.send(second)
    kept = await twin.door.newest(10)
    assert kept is None or kept == [second, email]
    assert await twin.door.newest(1) in (None, [second])


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b.example\r\nBcc: evil@example.org", "a@b.example, c@d.example", "Name <a@b.example>"]
)
async def test_nothing_is_sent_to_what_is_no_address(twin: Twin, email: Email, to: str) -> None:
    with pytest.raises(MailError, match="bad_address") as caught:
        await twin.door.send(msgspec.structs.replace(email, to=to))
    assert caught.value.permanent
    assert twin.sent() == []


@pytest.mark.parametrize("field", ["name", "subject", "reply_to", "id"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_no_field_becomes_a_header(email: Email, field: str, end: str) -> None:
    evil = msgspec.structs.replace(email, **{field: f"x{end}Bcc: evil@example.org{end}{end}<h1>body</h1>"})
    mail = bytes(composed(evil, sender(FROM)))
    again = message_from_bytes(mail, EmailMessage, policy=SMTP)
    assert again["Bcc"] is None
    assert _body(again, "plain") == email.text
    assert [to.addr_spec for to in again["To"].addresses] == ["maya@example.com"]


def test_both_bodies_and_all_headers_survive_the_way(email: Email) -> None:
    mail = message_from_bytes(bytes(composed(email, sender(FROM))), EmailMessage, policy=SMTP)
    assert mail["Subject"] == "Grüße, 你好"
    assert str(mail["From"]) == FROM
    assert mail["To"].addresses[0].display_name == "Maya Šč"
    assert mail["Message-ID"] == "<ntc_1@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "help@example.com"
    assert mail["Date"].datetime.isoformat() == "2026-11-22T12:00:00+00:00"
    assert _body(mail, "plain") == email.text
    assert _body(mail, "html") == email.html
    assert all(len(line) <= 998 for line in bytes(mail).split(b"\r\n"))


def test_a_domain_in_another_script_travels_as_ascii(email: Email) -> None:
    mail = composed(msgspec.structs.replace(email, to="maya@bücher.example"), sender(FROM))
    assert mail["To"].addresses[0].addr_spec == "maya@xn--bcher-kva.example"
