"""messageapi webhook: where events go. The secret is shown once, at creation."""

import asyncio
from typing import Annotated

import typer

from messageapi.cli.client import Client, part
from messageapi.cli.door import as_account
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.numbers.number import ids
from messageapi.cli.shell import Shell, command
from messageapi.cli.tables import state, table

WAIT_S = 20
LOOK_EVERY_S = 0.25
Which = Annotated[str, typer.Argument(metavar="ID", help="The endpoint's id.")]


async def create(
    shell: Shell,
    url: Annotated[str, typer.Argument(help="Where events are posted to.")],
    event: Annotated[list[str] | None, typer.Option(help="A type of event it gets; repeat it. Default: all.")] = None,
    number: Annotated[
        list[str] | None, typer.Option(help="A number whose events it gets, by id, name or phone. Default: all.")
    ] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="Without a secret: receivers cannot tell who posts.")
    ] = False,
) -> None:
    """Create a webhook endpoint and print its secret, once."""
    async with await as_account(shell) as client:
        wanted: dict[str, object] = {"url": url, "description": description}
        if event:
            wanted["events"] = event
        if number:
            wanted["numbers"] = await ids(client, number)
        if unsigned:
            wanted["secret"] = None
        made = await client.post("/webhooks", wanted)
    if made["secret"] and not shell.json:
        shell.say("Keep this secret now: receivers verify with it, and it is not shown again.")
    shell.show(made, f"{made['id']}  {made['secret'] or 'without signatures'}")


async def list_(shell: Shell) -> None:
    """List the account's webhook endpoints."""
    async with await as_account(shell) as client:
        found = await client.every("/webhooks")
    rows = [(one["id"], one["url"], _events(one), state(one["state"]), one["reasonCode"]) for one in found]
    none = "No endpoint yet. Make one: messageapi webhook create URL"
    shell.show({"items": found}, table(("id", "url", "events", "state", "reason"), rows, empty=none))


def _events(endpoint: dict[str, object]) -> str:
    events = endpoint["events"]
    return ", ".join(map(str, events)) if isinstance(events, list) else "all"


async def test(shell: Shell, webhook: Which) -> None:
    """Send a test event and show what the receiver answered."""
    async with await as_account(shell) as client:
        place = f"/webhooks/{part(webhook)}"
        sent = await client.post(f"{place}/test")
        delivery = await _tried(client, f"{place}/deliveries/{sent['eventId']}")
    if delivery["status"] != "delivered":
        why = delivery["error"] or "nothing was tried within 20 s"
        status = f", status {delivery['responseStatus']}" if delivery["responseStatus"] else ""
        raise CliError(Exit.REFUSED, f"The receiver did not take it: {why}{status}.", code="test_failed")
    shell.show(delivery, f"{webhook} took the test event with status {delivery['responseStatus']}.")


async def _tried(client: Client, place: str) -> dict[str, object]:
    """The delivery once it was tried, or as it is when that takes too long."""
    for _ in range(round(WAIT_S / LOOK_EVERY_S)):
        delivery = await client.get(place)
        if delivery["tries"] or delivery["status"] != "pending":
            break
        await asyncio.sleep(LOOK_EVERY_S)
    return delivery


async def remove(shell: Shell, webhook: Which) -> None:
    """Delete an endpoint with all that waits for it."""
    async with await as_account(shell) as client:
        await client.delete(f"/webhooks/{part(webhook)}")
    shell.show({"id": webhook, "removed": True}, f"{webhook} is removed.")


def add_to(app: typer.Typer) -> None:
    command(app)(create)
    command(app, "list")(list_)
    command(app)(test)
    command(app)(remove)
