"""messageapi phone: the sandbox's virtual phones. They scan, receive, answer and go offline on command."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from messageapi.cli.client import Client, checked
from messageapi.cli.door import as_account
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.numbers.number import described, named, still_linking
from messageapi.cli.shell import LOCAL, Shell, command
from messageapi.cli.tables import moment, table
from messageapi.sandbox.client import InboxMessage, PhoneView, SandboxControl, SandboxError

Phone = Annotated[str, typer.Argument(metavar="PHONE", help="The virtual phone, as in +12025550101.")]
LOOK_EVERY_S = 0.2
CODE_WITHIN_S = 20
CONNECTED_WITHIN_S = 60


@asynccontextmanager
async def sandbox(shell: Shell) -> AsyncIterator[SandboxControl]:
    """The sandbox of this data folder, its refusals as sentences of ours."""
    try:
        async with SandboxControl.from_folder(shell.settings.data_folder / "sandbox") as control:
            yield control
    except SandboxError as problem:
        if problem.code == "not_running":
            said = "The sandbox does not run. Start it with the server: messageapi serve, with MESSAGEAPI_SANDBOX=on."
            raise CliError(Exit.UNREACHABLE, said, code="sandbox_not_running") from None
        raise CliError(Exit.REFUSED, problem.message, code=problem.code, status=problem.status) from None


async def list_(shell: Shell) -> None:
    """List the virtual phones."""
    async with sandbox(shell) as control:
        phones = await control.phones()
    rows = [(one.phone, one.name, "on" if one.online else "off", len(one.devices), one.inbox) for one in phones]
    none = "No virtual phone yet. Make one: messageapi phone add +12025550101"
    columns = ("phone", "name", "power", "linked devices", "messages")
    shell.show({"items": msgspec.to_builtins(phones)}, table(columns, rows, empty=none))


async def add(shell: Shell, phone: Phone, name: Annotated[str, typer.Option(help="Name others see.")] = "") -> None:
    """Add a virtual phone; a phone that exists stays as it is."""
    async with sandbox(shell) as control:
        _show(shell, await control.create_phone(phone, name or None))


async def scan(
    shell: Shell, phone: Phone, number: Annotated[str, typer.Argument(help="The number to link, by id or name.")]
) -> None:
    """Scan a number's QR code: fetches it, links, and waits until the number is connected."""
    async with sandbox(shell) as control, await as_account(shell) as client:
        await control.create_phone(phone)
        found = await named(client, number)
        linked = await scanned(client, control, found, phone)
    shell.show(linked, described(linked))


async def scanned(client: Client, control: SandboxControl, number: dict[str, object], phone: str) -> dict[str, object]:
    """Link `number` to the virtual phone by QR; begins the linking where nobody has."""
    if number["network"] != "sandbox":
        said = f"{number['name']} is a number of the real WhatsApp. Scan its QR code with a real phone."
        raise CliError(Exit.USAGE, said, code="wrong_network")
    if number["state"] != "linking":
        await client.post(f"/numbers/{number['id']}/link", {"method": "qr"})
    await control.scan(phone, await _qr(client, str(number["id"])))
    return await connected(client, str(number["id"]))


async def _qr(client: Client, number_id: str) -> str:
    try:
        async with asyncio.timeout(CODE_WITHIN_S):
            while True:
                answer = await client.ask("GET", f"/numbers/{number_id}/qr", query={"format": "json"})
                if answer.document.get("qr"):
                    return str(answer.document["qr"])
                if answer.document.get("code") != "qr_not_ready":
                    return str(checked(answer).document["qr"])
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        raise CliError(Exit.TIMEOUT, "No QR code came in time. Look at the server's log.", code="no_qr") from None
    except KeyError:
        said = "This number is being linked with a code to type in. Use: messageapi phone code"
        raise CliError(Exit.USAGE, said, code="code_not_qr") from None


async def connected(client: Client, number_id: str) -> dict[str, object]:
    try:
        async with asyncio.timeout(CONNECTED_WITHIN_S):
            while True:
                number = await client.get(f"/numbers/{number_id}")
                if number["state"] == "connected":
                    return number
                still_linking(number)
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        said = "The number is linked but not connected yet. Look again with: messageapi status"
        raise CliError(Exit.TIMEOUT, said, code="not_connected") from None


async def code(
    shell: Shell, phone: Phone, code: Annotated[str, typer.Argument(help="The code that `number link` shows.")]
) -> None:
    """Type a linking code into a virtual phone."""
    async with sandbox(shell) as control:
        device = await control.enter_code(phone, code)
    shell.show({"phone": phone, "device": device}, f"{phone} is linked.")


async def inbox(
    shell: Shell,
    phone: Phone,
    after: Annotated[int, typer.Option(help="Only messages behind this one.", min=0)] = 0,
    wait: Annotated[float, typer.Option(help="Seconds to wait for a first one.", min=0, max=30)] = 0,
) -> None:
    """Show what a virtual phone received and decrypted."""
    async with sandbox(shell) as control:
        page = await control.inbox(phone, after, wait)
    rows = [(one.n, _time(one), one.from_, one.type, _described(one)) for one in page.messages]
    shell.show(msgspec.to_builtins(page), table(("", "at", "from", "type", "text"), rows, empty="Nothing received."))


def _time(message: InboxMessage) -> str:
    return moment(datetime.fromtimestamp(message.at / 1000, UTC).isoformat())


def _described(message: InboxMessage) -> str:
    """One line: the text or what stands for it, and what became of the message."""
    media = message.media
    parts = [message.text]
    if media:
        parts.append(f"({media.filename or media.mime}, {media.error or f'{media.size} bytes'})")
    if message.target:
        parts.append(f"(of {message.target.id})")
    parts += [f"({word})" for word in ("edited", "revoked") if getattr(message, word)]
    return " ".join(part for part in parts if part)


async def reply(shell: Shell, phone: Phone, text: str) -> None:
    """Answer the last message a virtual phone received."""
    async with sandbox(shell) as control:
        received = [one for one in await _everything(control, phone) if not one.own]
        if not received:
            raise CliError(Exit.REFUSED, f"{phone} has received nothing to answer.", code="inbox_empty")
        last = received[-1]
        sent = await control.send(phone, last.chat if last.group else last.from_, text)
    shell.show({"id": sent}, f"Sent as {sent}.")


async def _everything(control: SandboxControl, phone: str) -> list[InboxMessage]:
    messages: list[InboxMessage] = []
    page = await control.inbox(phone)
    while page.messages:
        messages += page.messages
        page = await control.inbox(phone, page.next)
    return messages


async def send(
    shell: Shell, phone: Phone, to: Annotated[str, typer.Argument(help="+E.164 or a group ...@g.us.")], text: str
) -> None:
    """Let a virtual phone write to somebody."""
    async with sandbox(shell) as control:
        sent = await control.send(phone, to, text)
    shell.show({"id": sent}, f"Sent as {sent}.")


async def call(
    shell: Shell,
    phone: Phone,
    to: Annotated[str, typer.Argument(metavar="NUMBER", help="Whom it calls, as in +12025550101.")],
    video: Annotated[bool, typer.Option(help="With a picture.")] = False,
    seconds: Annotated[float, typer.Option(help="How long it rings before it hangs up.", min=0, max=60)] = 15,
) -> None:
    """Have a virtual phone call a number, until somebody turns it away or the time is up."""
    async with sandbox(shell) as control:
        before = await control.notices(phone)
        call_id = await control.call(phone, to, video=video)
        shell.say(f"{phone} calls {to} …")
        ended = await _rung(control, phone, call_id, before.next, seconds)
        if not ended:
            await control.hang_up(phone, call_id)
    said = _ENDED.get(ended, "Nobody answered; the phone hung up.")
    shell.show({"id": call_id, "ended": ended or "unanswered"}, said)


_ENDED = {"reject": "The call was turned away.", "accept": "The call was accepted."}


async def _rung(control: SandboxControl, phone: str, call_id: str, after: int, seconds: float) -> str:
    """How the call ended, nothing when it still rings."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                page = await control.notices(phone, after, 20)
                for notice in page.notices:
                    if notice.kind == "call" and call_id in notice.ids:
                        return notice.state
                after = page.next
    return ""


async def offline(shell: Shell, phone: Phone) -> None:
    """Switch a virtual phone off: messages to it stay `sent`."""
    async with sandbox(shell) as control:
        _show(shell, await control.change(phone, online=False))


async def online(shell: Shell, phone: Phone) -> None:
    """Switch a virtual phone on: it fetches what waited."""
    async with sandbox(shell) as control:
        _show(shell, await control.change(phone, online=True))


def _show(shell: Shell, phone: PhoneView) -> None:
    shell.show(msgspec.to_builtins(phone), f"{phone.phone}  {phone.name}  {'on' if phone.online else 'off'}")


def add_to(app: typer.Typer) -> None:
    command(app, "list", shared=LOCAL)(list_)
    command(app)(scan)
    for local in (add, code, inbox, reply, send, call, offline, online):
        command(app, shared=LOCAL)(local)
