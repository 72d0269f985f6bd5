"""messageapi number: the account's WhatsApp numbers. Linking has a file of its own."""

import shlex
from typing import Annotated

import typer
from rich.console import Group, RenderableType

from messageapi.cli.client import Client
from messageapi.cli.door import as_account
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.shell import Shell, command
from messageapi.cli.tables import moment, state, table
from messageapi.vocab.ids import time_of

GIVEN_UP = frozenset({"created", "passkey_required", "logged_out"})
Which = Annotated[str, typer.Argument(metavar="NUMBER", help="Its id, name or phone.")]


async def create(
    shell: Shell,
    name: Annotated[str, typer.Argument(help="What you call it.")],
    network: Annotated[str, typer.Option(help="whatsapp or sandbox.")] = "whatsapp",
) -> None:
    """Create a number. Link it next."""
    async with await as_account(shell) as client:
        made = await client.post("/numbers", {"name": name, "network": network})
    shell.show(made, f"{made['id']}  created. Next: messageapi number link {shlex.quote(name)}")


async def list_(shell: Shell) -> None:
    """List the account's numbers."""
    async with await as_account(shell) as client:
        found = await client.every("/numbers")
    rows = [(one["id"], one["name"], one["phone"], one["network"], state(one["state"])) for one in found]
    none = "No number yet. Make one: messageapi number link NAME"
    shell.show({"items": found}, table(("id", "name", "phone", "network", "state"), rows, empty=none))


async def show(shell: Shell, number: Which) -> None:
    """Show one number, its state and what to do next."""
    async with await as_account(shell) as client:
        found = await named(client, number)
    shell.show(found, described(found))


async def unlink(shell: Shell, number: Which) -> None:
    """Log the linked device out at WhatsApp."""
    await act(shell, number, "unlink")


async def restart(shell: Shell, number: Which) -> None:
    """Connect again, after a stop or when something took the number over."""
    await act(shell, number, "restart")


async def stop(shell: Shell, number: Which) -> None:
    """Disconnect and stay so. Messages wait."""
    await act(shell, number, "stop")


async def pause(shell: Shell, number: Which) -> None:
    """Send nothing from it for now. It stays connected, and messages wait."""
    await act(shell, number, "pause")


async def resume(shell: Shell, number: Which) -> None:
    """Send what waits, in order."""
    await act(shell, number, "resume")


async def set_(
    shell: Shell,
    number: Which,
    wishes: Annotated[
        list[str],
        typer.Argument(metavar="NAME=VALUE", help="As in reject-calls=on auto-read=off online=on auto-download=small."),
    ],
) -> None:
    """Change what a number does by itself."""
    given = dict(_wish(each) for each in wishes)
    async with await as_account(shell) as client:
        found = await named(client, number)
        now = await client.patch(f"/numbers/{found['id']}", given)
    shell.show(now, described(now))


def _wish(text: str) -> tuple[str, object]:
    """`reject-calls=on` as the API spells it."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise CliError(Exit.USAGE, f"Write it as NAME=VALUE: {text} is not that.", code="wish_malformed")
    head, *rest = name.split("-")
    return head + "".join(part.capitalize() for part in rest), {"on": True, "off": False}.get(value, value)


async def remove(
    shell: Shell,
    number: Which,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it with its messages, without asking.")] = False,
) -> None:
    """Remove a number and everything that belongs to it."""
    if not yes:
        raise CliError(
            Exit.USAGE, "This removes the number with its messages for good. Say so with --yes.", code="not_confirmed"
        )
    async with await as_account(shell) as client:
        found = await named(client, number)
        await client.delete(f"/numbers/{found['id']}")
    shell.show({"id": found["id"], "removed": True}, f"{found['name']} is removed.")


async def act(shell: Shell, number: str, verb: str) -> None:
    async with await as_account(shell) as client:
        found = await named(client, number)
        await client.post(f"/numbers/{found['id']}/{verb}")
        now = await client.get(f"/numbers/{found['id']}")
    shell.show(now, described(now))


async def named(client: Client, number: str) -> dict[str, object]:
    """One number by its id, name or phone."""
    return among(await client.every("/numbers"), number)


async def known(client: Client, number: str) -> dict[str, object] | None:
    return _chosen(await client.every("/numbers"), number)


async def ids(client: Client, numbers: list[str]) -> list[object]:
    """Of numbers by their id, name or phone. With ids alone nothing is asked: not every key may see numbers."""
    if all(one.startswith("num_") and time_of(one) is not None for one in numbers):
        return [*numbers]
    every = await client.every("/numbers")
    return [among(every, one)["id"] for one in numbers]


def among(every: list[dict[str, object]], number: str) -> dict[str, object]:
    found = _chosen(every, number)
    if found is None:
        said = f"There is no number {number}. `messageapi number list` shows them."
        raise CliError(Exit.REFUSED, said, code="number_not_found")
    return found


def _chosen(every: list[dict[str, object]], number: str) -> dict[str, object] | None:
    phone = "+" + number.lstrip("+")
    exact = [one for one in every if number in {one["id"], one["name"]}]
    return next(iter(exact or [one for one in every if one.get("phone") == phone]), None)


def still_linking(number: dict[str, object]) -> None:
    """Raise CliError when linking has ended without a connection."""
    if number["state"] in GIVEN_UP:
        exit_code = Exit.TIMEOUT if number.get("reasonCode") == "link_timeout" else Exit.FAILED
        raise CliError(exit_code, str(number.get("reason")), code=str(number.get("reasonCode")))


def described(number: dict[str, object]) -> RenderableType:
    head = state(number["state"])
    head.append(f"  {number['name']}  {number.get('phone') or 'no phone yet'}  {number['network']}", style="default")
    lines = [number.get("reason"), queued(number)]
    return Group(head, *(str(line) for line in lines if line))


def queued(number: dict[str, object]) -> str:
    """How many messages wait, since when, and whether somebody wants it so."""
    parts = ["paused"] if number.get("pausedAt") else []
    queue = number.get("queue")
    if isinstance(queue, dict) and queue.get("length"):
        parts.append(f"{queue['length']} waiting since {moment(queue.get('oldestAt'))}")
    return ", ".join(parts)


def add_to(app: typer.Typer) -> None:
    command(app)(create)
    command(app, "list")(list_)
    command(app, "set")(set_)
    for verb in (show, unlink, restart, stop, pause, resume, remove):
        command(app)(verb)
