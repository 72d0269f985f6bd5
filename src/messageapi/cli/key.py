"""messageapi key: create, list and revoke API keys. The secret is shown once, at creation, and never again."""

from typing import Annotated
from urllib.parse import quote

import typer

from messageapi.cli import local
from messageapi.cli.door import as_account
from messageapi.cli.shell import Shell, command
from messageapi.cli.tables import moment, table
from messageapi.vocab.caller import SCOPES


async def create(
    shell: Shell,
    name: Annotated[str, typer.Option(help="What the key is for.")],
    link: Annotated[
        bool, typer.Option("--link", help="It may be used in a link, GET /send.php?apikey=..., where it can only send.")
    ] = False,
    scopes: Annotated[str, typer.Option(help="Scopes with a space between them. Default: all of them.")] = "",
) -> None:
    """Create an API key and print it, once. Works before the first start as well."""
    wanted = scopes.split() or list(SCOPES)
    if await local.is_needed(shell):
        made = await local.create_key(shell, name=name, in_link=link, scopes=wanted)
    else:
        async with await as_account(shell, guess=False) as client:
            answer = await client.post("/keys", {"name": name, "inLink": link, "scopes": wanted})
        made = {"id": str(answer["id"]), "key": str(answer["key"])}
    if not shell.json:
        shell.say("Keep this key now: it is stored as a hash and cannot be shown again.")
    shell.show(dict(made), made["key"])


async def list_(shell: Shell) -> None:
    """List the keys of an account, without their secrets."""
    async with await as_account(shell, guess=False) as client:
        found = await client.every("/keys")
    rows = [
        (one["id"], one["name"], one["hint"], moment(one["createdAt"]), moment(one["lastUsedAt"]), _ended(one))
        for one in found
    ]
    none = "No key yet. Make one: messageapi key create --name NAME"
    shell.show({"items": found}, table(("id", "name", "begins", "created", "last used", "ended"), rows, empty=none))


def _ended(key: dict[str, object]) -> str:
    return moment(key["revokedAt"] or key["expiresAt"])


async def revoke(shell: Shell, key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Revoke a key. It stops working within a second."""
    async with await as_account(shell, guess=False) as client:
        await client.delete(f"/keys/{quote(key_id, safe='')}")
    shell.show({"id": key_id, "revoked": True}, f"{key_id} is revoked.")


def add_to(app: typer.Typer) -> None:
    command(app)(create)
    command(app, "list")(list_)
    command(app)(revoke)
