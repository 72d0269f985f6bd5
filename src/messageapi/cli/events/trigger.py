"""messageapi trigger: makes an event happen on the sandbox, by virtual phones that do what people do."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

import typer

from messageapi.cli.client import Client
from messageapi.cli.door import as_account
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.numbers.number import named
from messageapi.cli.numbers.phone import sandbox
from messageapi.cli.shell import Shell, command, usage
from messageapi.cli.tables import table
from messageapi.sandbox.client import SandboxControl
from messageapi.sandbox.draft import Draft, DraftContact, DraftLocation, DraftMedia, DraftPoll, Kind

PHONE = "+12025550102"
TEXT = "Hello from a virtual phone"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mNQvZyGFTEMLQkAIIZXgf05jk0AAAAASUVORK5CYII="
)
Type = Literal["text", "image", "document", "location", "contact", "poll"]
STOP = "STOP"
ARRIVES_WITHIN_S = 20


@dataclass(frozen=True)
class Scene:
    """Who does what to whom. `number` is one of the account's, linked to the virtual phone `own`."""

    client: Client
    control: SandboxControl
    number: str
    own: str
    phone: str
    text: str
    kind: Kind


async def _write(scene: Scene) -> str:
    return await scene.control.write(scene.phone, _draft(scene))


def _draft(scene: Scene) -> Draft:
    """What a person would send of this kind."""
    to, text = scene.own, scene.text
    match scene.kind:
        case "image":
            return Draft(to=to, type="image", text=text, media=DraftMedia(data=PICTURE, mime="image/png"))
        case "document":
            file = DraftMedia(data=text.encode(), mime="text/plain", filename="hello.txt")
            return Draft(to=to, type="document", media=file)
        case "location":
            place = DraftLocation(latitude=52.5163, longitude=13.3777, name="Brandenburger Tor")
            return Draft(to=to, type="location", location=place)
        case "contact":
            card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ada Lovelace\nTEL;type=CELL:+442071234567\nEND:VCARD"
            return Draft(to=to, type="contact", contacts=[DraftContact(name="Ada Lovelace", vcard=card)])
        case "poll":
            return Draft(to=to, type="poll", poll=DraftPoll(question=text, options=["Yes", "No"]))
        case _:
            return Draft(to=to, text=text)


async def _stop(scene: Scene) -> str:
    return await scene.control.send(scene.phone, scene.own, STOP)


async def _receive(scene: Scene) -> str:
    body = {"to": scene.phone, "from": scene.number, "text": scene.text}
    return str((await scene.client.post("/messages", body))["id"])


async def _read(scene: Scene) -> str:
    """The phone reads once the message is there."""
    seen = (await scene.control.inbox(scene.phone)).next
    while (page := await scene.control.inbox(scene.phone, seen)).messages:
        seen = page.next
    sent = await _receive(scene)
    page = await scene.control.inbox(scene.phone, seen, ARRIVES_WITHIN_S)
    if not page.messages:
        said = f"{scene.phone} did not get the message within {ARRIVES_WITHIN_S} s. See: messageapi status"
        raise CliError(Exit.TIMEOUT, said, code="not_delivered")
    await scene.control.read(scene.phone, [one.id for one in page.messages])
    return sent


@dataclass(frozen=True)
class Trigger:
    """`about` says what will happen."""

    act: Callable[[Scene], Awaitable[str]]
    about: str


TRIGGERS = {
    "message.received": Trigger(_write, "A virtual phone writes to the number; --type and --text say what."),
    "message.delivered": Trigger(_receive, "The number writes to a virtual phone: accepted, sent, delivered."),
    "message.read": Trigger(_read, "The same, and the phone reads it."),
    "contact.opted_out": Trigger(_stop, f"A virtual phone writes {STOP}."),
}


async def trigger(  # noqa: PLR0913, PLR0917 - a command has the options that people need
    shell: Shell,
    event: Annotated[str, typer.Argument(help="What is to happen; --list shows what can.")] = "",
    from_: Annotated[str, typer.Option("--from", metavar="PHONE", help="The virtual phone that takes part.")] = PHONE,
    number: Annotated[str, typer.Option(help="The sandbox number, by id, name or phone. Default: the first.")] = "",
    text: Annotated[str, typer.Option(help="What is written.")] = TEXT,
    type_: Annotated[str, typer.Option("--type", help=f"One of {', '.join(get_args(Type))}.")] = "text",
    listing: Annotated[bool, typer.Option("--list", help="Show what can be made to happen.")] = False,
) -> None:
    """Make an event happen on the sandbox."""
    if listing:
        shell.show({"items": _list()}, table(("event", ""), [tuple(one.values()) for one in _list()], empty=""))
        return
    if event not in TRIGGERS:
        usage("Say what is to happen. `messageapi trigger --list` shows what can.")
    if type_ not in get_args(Type):
        usage(f"--type is one of {', '.join(get_args(Type))}, not {type_}.")
    kind: Kind = type_  # type: ignore[assignment]
    async with sandbox(shell) as control, await as_account(shell) as client:
        found = await _number(client, number)
        await control.create_phone(from_)
        scene = Scene(client, control, str(found["id"]), str(found["phone"]), from_, text, kind)
        made = await TRIGGERS[event].act(scene)
    shell.show({"event": event, "id": made, "number": found["id"]}, f"{event}: {from_}, {found['name']}, {made}")


def _list() -> list[dict[str, str]]:
    return [{"event": name, "about": one.about} for name, one in TRIGGERS.items()]


async def _number(client: Client, wanted: str) -> dict[str, object]:
    """A number of the sandbox that is connected."""
    found = [await named(client, wanted)] if wanted else await client.every("/numbers")
    usable = [one for one in found if one["network"] == "sandbox" and one["state"] == "connected"]
    if not usable:
        said = "No number of the sandbox is connected. Link one: messageapi phone scan +12025550101 NUMBER"
        raise CliError(Exit.REFUSED, said, code="no_sandbox_number")
    return usable[0]


def add_to(app: typer.Typer) -> None:
    command(app)(trigger)
