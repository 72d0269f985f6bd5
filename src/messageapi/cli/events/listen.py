"""messageapi listen: events of the account as they happen, shown and, if wanted, forwarded to a program."""

import contextlib
import os
from typing import Annotated

import typer
from rich.text import Text

from messageapi.cli.door import as_account
from messageapi.cli.events.forward import Answered, Forwarder
from messageapi.cli.events.stream import Came, EventStream
from messageapi.cli.numbers.number import named
from messageapi.cli.shell import Shell, command, print_json, usage
from messageapi.errors import Problem
from messageapi.vocab.urls import parts_of
from messageapi.webhooks import signing

SECRET = "WEBHOOK_SECRET"  # noqa: S105 - the name of the variable


async def listen(
    shell: Shell,
    forward: Annotated[
        str, typer.Option(metavar="URL", help="Post each event there, signed; this machine is allowed.")
    ] = "",
    types: Annotated[str, typer.Option(help="Types of events, as in message.received,number.*. Default: all.")] = "",
    number: Annotated[
        list[str] | None, typer.Option(help="A number whose events are meant, by id, name or phone; repeat it.")
    ] = None,
    after: Annotated[
        str, typer.Option(metavar="ID", help="Begin behind this event; oldest: with all that is kept.")
    ] = "",
    count: Annotated[int, typer.Option(help="Stop after so many events; 0: never.", min=0)] = 0,
) -> None:
    """Show events as they happen, and forward them to a program. Ctrl-C stops it."""
    async with contextlib.AsyncExitStack() as stack:
        forwarder = await stack.enter_async_context(_forwarder(shell, forward)) if forward else None
        client = await stack.enter_async_context(await as_account(shell))
        query = {"types": types, "after": after}
        if number:
            query["numbers"] = ",".join([str((await named(client, each))["id"]) for each in number])
        shell.say("Listening. Ctrl-C stops.")
        seen = 0
        async for event in EventStream(client, query, shell.say).events():
            await _handled(shell, event, forwarder)
            seen += 1
            if seen == count:
                return


async def _handled(shell: Shell, event: Came, forwarder: Forwarder | None) -> None:
    answered = await forwarder.post(event) if forwarder else None
    if shell.json:
        said = {"status": answered.status, "ms": answered.ms, "answer": answered.text} if answered else None
        print_json(event.document | ({"forwarded": said} if said else {}), indent=None)
        return
    line = Text.assemble(_moment(event), "  ", (event.type, "bold"), f"  {event.id}  {_about(event)}")
    line.rstrip()
    shell.out.print(line)
    if answered:
        shell.out.print(_outcome(answered))


def _moment(event: Came) -> str:
    return str(event.document.get("createdAt", ""))[11:19]


def _about(event: Came) -> str:
    """Who and what, where the event says so."""
    data = event.document.get("data")
    facts = data if isinstance(data, dict) else {}
    parts = (facts.get("phone"), facts.get("status") or facts.get("state"), facts.get("text"))
    return "  ".join(str(part) for part in parts if part)


def _outcome(answered: Answered) -> Text:
    if answered.status is None:
        return Text.assemble("    ", (f"not taken: {answered.text}", "red"))
    colour = "green" if 200 <= answered.status < 300 else "red"
    line = Text.assemble("    ", (str(answered.status), colour), f"  {answered.ms} ms  {answered.text.strip()}")
    line.rstrip()
    return line


def _forwarder(shell: Shell, url: str) -> Forwarder:
    """With the secret in WEBHOOK_SECRET, else with one that is made and shown."""
    parts = parts_of(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        usage("--forward takes an address such as http://localhost:3000/hook.")
    given = os.environ.get(SECRET, "").strip()
    try:
        secret = signing.valid_secret(given) if given else signing.new_secret()
    except Problem as problem:
        usage(f"{SECRET}: {problem.message}")
    if given:
        shell.say(f"Events are signed with the secret in {SECRET}.")
    else:
        shell.say(f"Events are signed. The receiver verifies them with this secret: {secret}")
        shell.say(f"To keep it the next time: export {SECRET}={secret}")
    return Forwarder(url, secret)


def add_to(app: typer.Typer) -> None:
    command(app)(listen)
