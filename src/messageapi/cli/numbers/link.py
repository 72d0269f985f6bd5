"""messageapi number link: draws the QR code in the terminal, renews it in place and waits for the phone."""

import asyncio
import shlex
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from messageapi.cli.client import Client, checked
from messageapi.cli.door import as_account
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.numbers.number import described, known, still_linking
from messageapi.cli.numbers.terminal_qr import drawn
from messageapi.cli.shell import Shell, command, print_json, usage

Document = dict[str, object]

LOOK_EVERY_S = 0.5
GIVE_UP_S = 210  # the server ends a linking after 200 s
STEPS_QR = "On the phone: 1. Settings, Linked devices.  2. Link a device.  3. Point the camera at this code."
STEPS_CODE = (
    "On the phone: 1. Settings, Linked devices.  2. Link a device, then Link with phone number.  3. Type this code."
)


@dataclass(frozen=True)
class Step:
    """One thing that changed: a new code, or the number's state."""

    number: Document
    code: Document | None = None


async def link(
    shell: Shell,
    name: Annotated[str, typer.Argument(help="The number's name, id or phone; it is created when there is none.")],
    network: Annotated[str, typer.Option(help="whatsapp or sandbox.")] = "",
    code: Annotated[str, typer.Option(metavar="PHONE", help="Link with a code to type in, for this phone.")] = "",
) -> int:
    """Link a number to a phone by QR code, or with --code by a code typed on the phone."""
    async with await as_account(shell) as client:
        number = await _found_or_made(client, name, network)
        if number["state"] != "connected":
            number = await _linked(shell, client, number, code)
    if shell.json:
        print_json({"event": "connected", "number": number}, indent=None)
    else:
        shell.out.print(described(number))
    return Exit.OK


async def _found_or_made(client: Client, name: str, network: str) -> Document:
    if network not in {"", "whatsapp", "sandbox"}:
        usage(f"--network is whatsapp or sandbox, not {network}.")
    found = await known(client, name)
    if found is None:
        return await client.post("/numbers", {"name": name, "network": network or "whatsapp"})
    if network and found["network"] != network:
        usage(f"{name} is a number of the network {found['network']}. Choose another name, or leave --network out.")
    return found


async def _linked(shell: Shell, client: Client, number: Document, phone: str) -> Document:
    """Begin, show what to scan or type, and return the number once it is connected."""
    body = {"method": "code", "phone": phone} if phone else {"method": "qr"}
    await client.post(f"/numbers/{number['id']}/link", body)
    try:
        async with asyncio.timeout(GIVE_UP_S):
            steps = _steps(client, str(number["id"]))
            return await (_told(steps) if shell.json else _drawn(shell, steps))
    except TimeoutError:
        raise CliError(Exit.TIMEOUT, "The number is not connected yet. Look again with: messageapi status") from None
    except asyncio.CancelledError:
        await client.ask("POST", f"/numbers/{number['id']}/unlink")  # nobody will scan this code any more
        raise


async def _steps(client: Client, number_id: str) -> AsyncIterator[Step]:
    """Everything that changes, until the number is connected. Raise CliError when linking ended without that."""
    last: tuple[object, object] = (None, None)
    while True:
        number = await client.get(f"/numbers/{number_id}")
        code = await _newest_code(client, number_id) if number["state"] == "linking" else None
        seen = (number["state"], code and (code.get("qr") or code.get("code")))
        if seen != last and (code or number["state"] != "linking"):
            yield Step(number, code)
            last = seen
        if number["state"] == "connected":
            return
        still_linking(number)
        await asyncio.sleep(LOOK_EVERY_S)


async def _newest_code(client: Client, number_id: str) -> Document | None:
    """None while there is none: before the first, and in the moment the phone has scanned."""
    answer = await client.ask("GET", f"/numbers/{number_id}/qr", query={"format": "json"})
    return None if answer.status in {404, 409} else checked(answer).document


async def _told(steps: AsyncIterator[Step]) -> Document:
    """For machines: one line of JSON for each change."""
    number: Document = {}
    async for step in steps:
        number = step.number
        if step.code:
            print_json({"event": "code", **step.code}, indent=None)
        elif number["state"] != "connected":
            print_json({"event": "state", "state": number["state"]}, indent=None)
    return number


async def _drawn(shell: Shell, steps: AsyncIterator[Step]) -> Document:
    """For people: the code, redrawn in place, with the seconds it has left."""
    number: Document = {}
    shown: RenderableType = Text("Waiting for the first code ...")
    with Live(console=shell.out, refresh_per_second=2, transient=True, get_renderable=lambda: shown) as live:
        async for step in steps:
            number = step.number
            if step.code is None:
                shown = described(number)
            elif live.console.is_terminal and live.console.height > _height(step.code):
                shown = _Countdown(number, step.code)
            else:
                live.console.print(_picture(number, step.code))  # too small to redraw in place, or not a terminal
                shown = Text(_left(step.code))
            live.refresh()
    return number


class _Countdown:
    """Drawn anew by Live several times a second."""

    def __init__(self, number: Document, code: Document) -> None:
        self._picture = _picture(number, code)
        self._code = code

    def __rich__(self) -> RenderableType:
        return Group(self._picture, Text(_left(self._code), style="dim"))


def _picture(number: Document, code: Document) -> RenderableType:
    if code["method"] == "code":
        return Group(Text(str(code["code"]), style="bold reverse"), Text(STEPS_CODE))
    hint = Text(STEPS_QR)
    if number["network"] == "sandbox":
        name = shlex.quote(str(number["name"]))
        hint = Text(f"A virtual phone scans it with: messageapi phone scan +12025550101 {name}")
    return Group(drawn(str(code["qr"])), hint)


def _height(code: Document) -> int:
    return 6 if code["method"] == "code" else len(drawn(str(code["qr"])).plain.splitlines()) + 4


def _left(code: Document) -> str:
    expires = code.get("expiresAt")
    if not isinstance(expires, str):
        return ""
    left = max(0, round((datetime.fromisoformat(expires) - datetime.now(UTC)).total_seconds()))
    return f"A new code comes in {left} s." if code["method"] == "qr" else f"Good for {left} s."


def add_to(app: typer.Typer) -> None:
    command(app)(link)
