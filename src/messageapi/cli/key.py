"""messageapi key: create, list, rotate and revoke API keys. The secret is shown once, at creation, and never again."""

from typing import Annotated

import typer

from messageapi.cli import local
from messageapi.cli.client import part
from messageapi.cli.door import as_account
from messageapi.cli.numbers.number import ids
from messageapi.cli.shell import Shell, command
from messageapi.cli.tables import moment, table
from messageapi.vocab.caller import OF_NUMBERS, SCOPES


async def create(  # noqa: PLR0913, PLR0917 - the options of the command
    shell: Shell,
    name: Annotated[str, typer.Option(help="What the key is for.")],
    link: Annotated[
        bool, typer.Option("--link", help="It may be used in a link, GET /send.php?apikey=..., where it can only send.")
    ] = False,
    scopes: Annotated[str, typer.Option(help="Scopes with a space between them. Default: all it can have.")] = "",
    number: Annotated[
        list[str] | None, typer.Option(help="A number it is for, by id, name or phone; repeat it. Default: all.")
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(help="Address or range it works from, such as 192.0.2.0/24; repeat it."),
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="It reaches numbers of the sandbox and no others.")] = False,
) -> None:
    """Create an API key and print it, once. Works before the first start as well."""
    narrow = bool(number) or test
    wanted = scopes.split() or sorted(OF_NUMBERS if narrow else SCOPES)
    limits: dict[str, object] = {"numbers": number or None, "networks": network or None, "test": test}
    if await local.is_needed(shell):
        made = await local.create_key(shell, name=name, in_link=link, scopes=wanted, limits=limits)
    else:
        async with await as_account(shell, guess=False) as client:
            limits["numbers"] = await ids(client, number) if number else None
            answer = await client.post("/keys", {"name": name, "inLink": link, "scopes": wanted, **limits})
        made = {"id": str(answer["id"]), "key": str(answer["key"])}
    _show(shell, made)


async def rotate(
    shell: Shell,
    key_id: Annotated[str, typer.Argument(metavar="ID")],
    overlap: Annotated[int, typer.Option(help="Hours the old key works beside the new one; 0 to 168.")] = 24,
) -> None:
    """Make a key with the same rights that takes another's place, and print it, once."""
    async with await as_account(shell, guess=False) as client:
        answer = await client.post(f"/keys/{part(key_id)}/rotate", {"overlapHours": overlap})
    _show(shell, {"id": str(answer["id"]), "key": str(answer["key"])})


def _show(shell: Shell, made: dict[str, str]) -> None:
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
        await client.delete(f"/keys/{part(key_id)}")
    shell.show({"id": key_id, "revoked": True}, f"{key_id} is revoked.")


def add_to(app: typer.Typer) -> None:
    command(app)(create)
    command(app, "list")(list_)
    command(app)(rotate)
    command(app)(revoke)
