"""Commands that tell: version, settings, openapi, status."""

import json
import platform
import re
from importlib import metadata
from typing import Annotated

import msgspec
import typer
from rich.console import Group
from rich.text import Text

from messageapi.cli.door import anonymous, api_key, as_account, as_operator, own_door
from messageapi.cli.exits import Exit
from messageapi.cli.numbers.number import queued
from messageapi.cli.shell import LOCAL, Shell, command, print_json
from messageapi.cli.tables import state, table
from messageapi.settings import Settings, default_toml, strays

PASSWORD = re.compile(r"(?<=://)([^/@\s]*)@")


async def version(shell: Shell) -> None:
    """Print the version of this installation."""
    known = {
        "version": metadata.version("messageapi"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "neonize": metadata.version("neonize"),
    }
    shell.show(dict(known), f"messageapi {known['version']} (Python {known['python']}, {known['system']})")


async def settings(
    shell: Shell,
    default: Annotated[bool, typer.Option("--default", help="Print messageapi.default.toml instead.")] = False,
) -> None:
    """Print the settings in force: defaults, then the file, then the environment. Passwords are hidden."""
    values = msgspec.structs.asdict(Settings() if default else shell.settings)
    for name, near in () if default else strays():
        shell.say(f"{name} is no setting and is passed over." + (f" Did you mean {near}?" if near else ""))
    shown = {name: PASSWORD.sub("...@", value) if isinstance(value, str) else value for name, value in values.items()}
    human = default_toml() if default else "\n".join(f"{name} = {json.dumps(value)}" for name, value in shown.items())
    shell.show(shown, Text(human.rstrip()))


async def openapi(shell: Shell) -> None:
    """Print the OpenAPI 3.1 document of the API. Needs no running server."""
    from messageapi import app  # noqa: PLC0415 - the whole web framework; other commands do without

    print_json(app.openapi(shell.settings))


async def status(shell: Shell) -> int:
    """Is the server up and ready, and how are the numbers?"""
    async with anonymous(shell) as client:
        document: dict[str, object] = {"server": client.url, **(await client.ask("GET", "/readyz")).document}
    numbers = await _numbers(shell)
    if numbers is not None:
        document["numbers"] = numbers
    shell.show(document, _human(document, numbers))
    return Exit.OK if document.get("status") == "ready" else Exit.FAILED


async def _numbers(shell: Shell) -> list[dict[str, object]] | None:
    """Those of the account, or of every account for the operator; None when nobody says who we are."""
    if api_key(shell) or shell.account:
        async with await as_account(shell) as client:
            return await client.every("/numbers")
    if own_door(shell) is None:
        return None
    async with as_operator(shell) as client:
        accounts = [str(one["id"]) for one in await client.every("/accounts")]
        return [number for account in accounts for number in await client.every(f"/accounts/{account}/api/v1/numbers")]


def _human(document: dict[str, object], numbers: list[dict[str, object]] | None) -> Group:
    parts = ", ".join(f"{name} {document.get(name, '?')}" for name in ("database", "bus", "engines"))
    head = Text(f"{document['server']}  {document.get('status', 'unknown')}  ({parts})")
    if numbers is None:
        return Group(head, Text("Set MESSAGEAPI_API_KEY to see your numbers.", style="dim"))
    rows = [
        (one["name"], one.get("phone"), one["network"], state(one["state"]), queued(one), one.get("reason"))
        for one in numbers
    ]
    return Group(head, table(("number", "phone", "network", "state", "queue", ""), rows, empty="No number yet."))


def add_to(app: typer.Typer) -> None:
    command(app)(status)
    command(app, shared=LOCAL)(openapi)
    command(app, shared=LOCAL)(settings)
    command(app, shared=LOCAL)(version)
