"""messageapi send: one text message, from accepted to sent."""

import asyncio
import sys
from time import monotonic
from typing import Annotated

import typer

from messageapi.cli.client import Client
from messageapi.cli.door import as_account
from messageapi.cli.exits import Exit
from messageapi.cli.numbers.number import named
from messageapi.cli.shell import Shell, command
from messageapi.cli.tables import state

SETTLED = frozenset({"sent", "delivered", "read", "failed", "unconfirmed", "expired", "canceled"})
GOOD = frozenset({"sent", "delivered", "read"})
LOOK_EVERY_S = 0.1


async def send(
    shell: Shell,
    recipient: Annotated[str, typer.Argument(help="Phone with country code, or a JID such as ...@g.us.")],
    text: Annotated[str, typer.Argument(help="The text; - reads it from stdin.")],
    sender: Annotated[str, typer.Option("--from", metavar="NUMBER", help="Which of the account's numbers sends.")] = "",
    wait: Annotated[int, typer.Option(help="Seconds to wait for WhatsApp; 0 does not wait.", min=0)] = 30,
) -> int:
    """Send a text. Exit code 0: WhatsApp has it (or, with --wait 0, it is safely stored)."""
    content = sys.stdin.read() if text == "-" else text
    async with await as_account(shell) as client:
        body = {"to": recipient, "text": content} | ({"from": (await named(client, sender))["id"]} if sender else {})
        accepted = await client.post("/messages", body)
        message = await settled(client, str(accepted["id"]), wait) if wait else accepted
    line = state(message["status"])
    line.append(f"  {message['id']}", style="default")
    shell.show(message, line)
    return _verdict(shell, message, waited=bool(wait))


def _verdict(shell: Shell, message: dict[str, object], *, waited: bool) -> int:
    status = message["status"]
    if status in GOOD or not waited:
        return Exit.OK
    if status in SETTLED:
        shell.words.print(why(message), style="red")
        return Exit.FAILED
    shell.say("WhatsApp has not taken it yet. It waits in order and is sent when the number is connected.")
    return Exit.TIMEOUT


def why(message: dict[str, object]) -> str:
    """In a sentence, what became of a message that did not go."""
    error = message.get("error")
    detail = error.get("detail") if isinstance(error, dict) else None
    return str(detail or f"The message ended as {message['status']}.")


async def settled(client: Client, message_id: str, seconds: float) -> dict[str, object]:
    """The message as soon as its outcome is known, or as it is when the time is over."""
    end = monotonic() + seconds
    while True:
        message = await client.get(f"/messages/{message_id}")
        if message.get("status") in SETTLED or monotonic() > end:
            return message
        await asyncio.sleep(LOOK_EVERY_S)


def add_to(app: typer.Typer) -> None:
    command(app)(send)
