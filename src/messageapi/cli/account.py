"""messageapi account: create and list the tenants of this server, and invite people to them."""

from typing import Annotated

import typer

from messageapi.cli import local
from messageapi.cli.client import part
from messageapi.cli.door import account_of, as_operator
from messageapi.cli.shell import TO_SERVER, Shell, command
from messageapi.cli.tables import table


async def create(
    shell: Shell,
    name: Annotated[str, typer.Option(help="Name of the person or company.")],
    email: Annotated[str, typer.Option(help="Address of its owner.")],
    country: Annotated[
        str | None, typer.Option(help="Country of phone numbers written without one, such as DE.")
    ] = None,
) -> None:
    """Create an account. Works before the first start as well."""
    body = {"name": name, "email": email} | ({"country": country} if country else {})
    if await local.is_needed(shell):
        made = {"id": await local.create_account(shell.settings, name=name, email=email, country=country)}
    else:
        async with as_operator(shell) as client:
            made = {"id": str((await client.post("/accounts", body))["id"])}
    shell.show(dict(made), made["id"])


async def list_(shell: Shell) -> None:
    """List the accounts of this server."""
    async with as_operator(shell) as client:
        found = await client.every("/accounts")
    rows = [(one["id"], one["name"], one["email"]) for one in found]
    none = "No account yet. Make one: messageapi account create --name NAME --email ADDRESS"
    shell.show({"items": found}, table(("id", "name", "email"), rows, empty=none))


async def invite(
    shell: Shell,
    email: Annotated[str, typer.Argument(help="Address of whom to invite.")],
    role: Annotated[str, typer.Option(help="owner, admin or viewer.")] = "owner",
) -> None:
    """Invite somebody to an account. They get a mail with a link."""
    account = await account_of(shell, guess=False)
    async with as_operator(shell) as client:
        made = await client.post(f"/accounts/{part(account)}/invitations", {"email": email, "role": role})
    shell.show(dict(made), f"{email} is invited.")


def add_to(app: typer.Typer) -> None:
    command(app, shared=TO_SERVER)(create)
    command(app, "list", shared=TO_SERVER)(list_)
    command(app)(invite)
