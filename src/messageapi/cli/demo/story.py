"""The steps of the demo, in order. Each does one thing through the public API and notes what it saw."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter

from messageapi.cli.client import Answer, Client, checked
from messageapi.cli.demo.stage import Scene
from messageapi.cli.door import OperatorDoor, operator_door
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.numbers.phone import scanned
from messageapi.cli.send import why
from messageapi.cli.tables import items
from messageapi.sandbox.client import SandboxControl
from messageapi.settings import Settings
from messageapi.vocab.caller import SCOPES

READY_WITHIN_S = 30
READ_WITHIN_S = 30
LOOK_EVERY_S = 0.02
BAD_ENDS = frozenset({"failed", "unconfirmed", "expired", "canceled"})


@dataclass
class Sending:
    """One message, by the call it went out through."""

    call: str
    id: str
    answered_ms: float
    timeline: list[dict[str, str]] = field(default_factory=list)


@dataclass
class World:
    """What the steps find and make."""

    settings: Settings
    keep: bool = False
    url: str = ""
    account: str = ""
    key: str = field(default="", repr=False)
    own_phone: str = ""
    friend: str = ""
    number: dict[str, object] = field(default_factory=dict)
    sendings: list[Sending] = field(default_factory=list)
    heard: int = 0  # the friend's inbox up to here
    inbound_id: str = ""
    answer_ms: float = 0.0

    @property
    def door(self) -> OperatorDoor:
        door = operator_door(self.settings)
        if door is None:
            said = "No server runs on this data folder. Start one: messageapi serve. Or let the demo: --private"
            raise CliError(Exit.UNREACHABLE, said, code="no_operator_door")
        return door

    @property
    def api(self) -> Client:
        return Client(self.url, {"X-API-Key": self.key}, path="/api/v1")

    @property
    def sandbox(self) -> SandboxControl:
        return SandboxControl.from_folder(self.settings.data_folder / "sandbox")


Act = Callable[[World, Scene], Awaitable[None]]


async def ready(world: World, scene: Scene) -> None:
    world.url = world.door.url
    async with Client(world.url) as client:
        end = perf_counter() + READY_WITHIN_S
        while (said := (await client.ask("GET", "/readyz")).document).get("status") == "down":
            if perf_counter() > end:
                raise CliError(Exit.FAILED, f"The server is not ready: {said}.", code="not_ready")
            await asyncio.sleep(LOOK_EVERY_S)
    scene.note(world.url)


async def account(world: World, scene: Scene) -> None:
    async with world.door.client() as client:
        email = f"demo-{secrets.token_hex(4)}@example.com"
        world.account = str((await client.post("/accounts", {"name": "Demo", "email": email}))["id"])
    scene.note(world.account)


async def key(world: World, scene: Scene) -> None:
    async with world.door.client(f"/accounts/{world.account}/api/v1") as client:
        made = await client.post("/keys", {"name": "Demo", "scopes": list(SCOPES), "inLink": True})
    world.key = str(made["key"])
    scene.note(f"{world.key[:8]}…")


async def phones(world: World, scene: Scene) -> None:
    async with world.sandbox as control:
        world.own_phone, world.friend = await _unused(control), await _unused(control)
        await control.create_phone(world.own_phone, "Demo shop")
        await control.create_phone(world.friend, "Demo friend")
    scene.note(f"{world.own_phone} is yours, {world.friend} a friend's")


async def _unused(control: SandboxControl) -> str:
    taken = {one.phone for one in await control.phones()}
    while (phone := f"+1202555{secrets.randbelow(10_000):04d}") in taken:
        pass
    return phone


async def link(world: World, scene: Scene) -> None:
    async with world.api as client, world.sandbox as control:
        name = f"Demo {secrets.token_hex(3)}"
        made = await client.post("/numbers", {"name": name, "network": "sandbox"})
        world.number = await scanned(client, control, made, world.own_phone)
    scene.note(f"{world.number['phone']} is {world.number['state']}")


async def by_link(world: World, scene: Scene) -> None:
    """As one would paste it into a browser."""
    text = "Hello from a link"
    query = {"recipient": world.friend, "apikey": world.key, "text": text}
    async with Client(world.url) as client:
        await _through(world, scene, text, client.ask("GET", "/send.php", query=query))


async def by_simple_call(world: World, scene: Scene) -> None:
    text = "Hello from the simple call"
    async with world.api as client:
        body = {"recipient": world.friend, "text": text}
        await _through(world, scene, text, client.ask("POST", "/send", body=body))


async def by_resource(world: World, scene: Scene) -> None:
    text = "Hello from the resource"
    async with world.api as client:
        body = {"to": world.friend, "type": "text", "text": text}
        await _through(world, scene, text, client.ask("POST", "/messages", body=body))


async def _through(world: World, scene: Scene, text: str, call: Awaitable[Answer]) -> None:
    """Make the call, let the friend's phone decrypt the message, and follow it until it is read."""
    began = perf_counter()
    said = checked(await call).document
    sending = Sending(scene.title, str(said.get("messageId") or said["id"]), (perf_counter() - began) * 1000)
    world.sendings.append(sending)
    await _decrypted(world, text)
    await _read(world, sending, scene)


async def _decrypted(world: World, text: str) -> None:
    async with world.sandbox as control:
        page = await control.inbox(world.friend, world.heard, wait=READ_WITHIN_S)
    world.heard = page.next
    if text not in [one.text for one in page.messages]:
        said = "The friend's phone did not decrypt the text that was sent."
        raise CliError(Exit.FAILED, said, code="not_received")


async def _read(world: World, sending: Sending, scene: Scene) -> None:
    end = perf_counter() + READ_WITHIN_S
    async with world.api as client:
        while True:
            message = await client.get(f"/messages/{sending.id}")
            sending.timeline = [one for one in _moments(message) if one["status"] != "sending"]
            scene.note(" → ".join(one["status"] for one in sending.timeline))
            if message["status"] == "read":
                return
            if message["status"] in BAD_ENDS or perf_counter() > end:
                said = why(message) if message["status"] in BAD_ENDS else "The message was not read in time."
                raise CliError(Exit.FAILED, said, code="not_read")
            await asyncio.sleep(LOOK_EVERY_S)


def _moments(message: dict[str, object]) -> list[dict[str, str]]:
    found = message.get("timeline")
    return found if isinstance(found, list) else []


async def answer(world: World, scene: Scene) -> None:
    """The friend writes back; the message arrives through the API."""
    text = "Got it, thank you"
    began = perf_counter()
    async with world.sandbox as control:
        await control.send(world.friend, str(world.number["phone"]), text)
    async with world.api as client:
        while text not in (texts := await _inbound(client)):
            if perf_counter() - began > READ_WITHIN_S:
                raise CliError(Exit.FAILED, "The phone's answer did not arrive.", code="not_received")
            await asyncio.sleep(LOOK_EVERY_S)
    world.answer_ms = (perf_counter() - began) * 1000
    world.inbound_id = texts[text]
    scene.note(f"“{text}”")


async def _inbound(client: Client) -> dict[str, str]:
    """Text -> id of what was received."""
    return {str(one.get("text")): str(one["id"]) for one in items(await client.get("/messages", direction="inbound"))}


async def tidy(world: World, scene: Scene) -> None:
    if world.keep:
        scene.note("left as it is")
        return
    async with world.api as client:
        await client.delete(f"/numbers/{world.number['id']}")
    scene.note("the number is unlinked and removed")


STEPS: tuple[tuple[str, str, Act], ...] = (
    ("ready", "The server is ready", ready),
    ("account", "Create an account", account),
    ("key", "Create an API key", key),
    ("phones", "Switch on two virtual phones", phones),
    ("link", "Link a number by QR code", link),
    ("send.php", "GET /send.php", by_link),
    ("send", "POST /api/v1/send", by_simple_call),
    ("messages", "POST /api/v1/messages", by_resource),
    ("inbound", "The phone answers", answer),
    ("tidy", "Tidy up", tidy),
)
